import { beforeEach, describe, expect, it, vi } from 'vitest';
import { endpoints } from '../../../schemas/api/endpoints.ts';
import { recommendationRoutes } from '../../../schemas/api/recommendation-routes.ts';
import type { Trained } from '../../../shared/recommender/training/plan.ts';
import { anIdentify, anOrder, aTrack, type Message } from '../../fixtures/events.ts';
import { type AnApi, anApi, camping } from './an-api.ts';

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

const documented = (operationId: string) => {
  const schema = endpoints.find((endpoint) => endpoint.operationId === operationId)?.responses[200]?.body;
  if (!schema) throw new Error(`${operationId} documents no answer 200.`);
  return schema;
};

const view = (product_id: string, over: Message = {}) =>
  aTrack({ userId: 'ada', event: 'Product Viewed', properties: { product_id }, ...over });
const anonymously = (anonymousId: string) => ({ userId: undefined, anonymousId });
const buy = (...ids: string[]) =>
  anOrder({
    userId: 'ada',
    properties: {
      order_id: `o-${ids}`,
      total: 1,
      currency: 'EUR',
      products: ids.map((product_id) => ({ product_id })),
    },
  });
const consent = (categoryPreferences: Record<string, boolean>) =>
  aTrack({ userId: 'ada', event: 'Segment Consent Preference Updated', context: { consent: { categoryPreferences } } });

async function having(api: AnApi, ...messages: Message[]): Promise<AnApi> {
  api.world.send(...messages);
  await api.world.drain();
  api.now = api.world.now;
  return api;
}

const ofAda = '/v1/recommendations?userId=ada&diversity=0';

describe('GET /v1/recommendations', () => {
  it('answers as it is documented, with what goes with what a person viewed first', async () => {
    const api = await having(anApi(), view('stove'));
    const { status, body } = await api.get(ofAda);
    expect(status).toBe(200);
    expect(documented('recommend').safeParse(body)).toMatchObject({ success: true });
    expect(body.items[0]).toMatchObject({ itemId: 'pot', title: 'Pot', reason: 'viewed with Stove' });
    expect(body.model).toEqual({ version: '20260301T030000Z-aaaa' });
  });

  it('follows the last seconds of an anonymous visitor', async () => {
    const api = await having(anApi(), view('stove', anonymously('a-1')));
    const [before] = await api.idsOf('/v1/recommendations?anonymousId=a-1&diversity=0');
    await having(api, view('mat', anonymously('a-1')), view('mat', anonymously('a-1')));
    const [now] = await api.idsOf('/v1/recommendations?anonymousId=a-1&diversity=0');
    expect([before, now]).toEqual(['pot', 'tent']);
  });

  it('finds a person by each key that was joined to them, by all that was done under any', async () => {
    const api = anApi();
    await having(
      api,
      view('stove', anonymously('phone')),
      anIdentify({ userId: 'ada', anonymousId: 'phone', traits: {} }),
    );
    for (const who of ['userId=ada', 'anonymousId=phone']) {
      expect((await api.idsOf(`/v1/recommendations?${who}&diversity=0`))[0]).toBe('pot');
    }
    expect(api.answered.map(({ key }) => key)).toEqual(['user:ada', 'user:ada']);
  });

  it('leaves out what was bought from the moment on, and goes by it', async () => {
    const api = await having(anApi(), view('tent'));
    expect(await api.idsOf(ofAda)).toContain('mat');
    await having(api, buy('mat'));
    const { body } = await api.get(ofAda);
    expect(body.items.map(({ itemId }: { itemId: string }) => itemId)).not.toContain('mat');
    expect(body.items[0]).toMatchObject({ itemId: 'tent', reason: 'bought with Mat' });
  });

  it('leaves out what was bought long ago, when interest in a hundred others has come since', async () => {
    const others = Array.from({ length: 120 }, (_, n) => Array.from({ length: 6 }, () => view(`other-${n}`))).flat();
    const api = await having(anApi(), buy('mat'), ...others, view('tent'));
    expect(await api.idsOf(ofAda)).toContain('stove');
    expect(await api.idsOf(ofAda)).not.toContain('mat');
  });

  it('offers bought items again where the stage says that they are bought again', async () => {
    const api = await having(anApi({ isRepurchasable: true }), view('tent'), buy('mat'));
    expect(await api.idsOf(ofAda)).toContain('mat');
  });

  it.each([
    ['hidden', { title: 'Mat', hidden: true }],
    ['sold out', { title: 'Mat', stock: 0 }],
  ])('leaves out what is %s, within seconds of the change', async (_, fields) => {
    const api = await having(anApi(), view('tent'));
    expect(await api.idsOf(ofAda)).toContain('mat');
    api.put('mat', fields);
    api.now += 30_000;
    expect(await api.idsOf(ofAda)).not.toContain('mat');
    expect(await api.idsOf('/v1/items/popular')).not.toContain('mat');
    expect(await api.idsOf('/v1/items/tent/similar')).not.toContain('mat');
  });

  it.each([
    ['a,b', ['a', 'b']],
    [' a , b,,a', ['a', 'b']],
    ['size 3\\,5,b', ['size 3,5', 'b']],
    ['a\\\\,b', ['a\\', 'b']],
    ['a\\b', ['a\\b']],
    ['', []],
  ])('reads of exclude=%s the ids %j', (exclude, ids) => {
    const route = recommendationRoutes.find(({ operationId }) => operationId === 'recommend');
    expect(route?.query?.parse({ userId: 'ada', exclude })).toMatchObject({ exclude: ids });
  });

  it('leaves out what is excluded', async () => {
    const api = await having(anApi(), view('tent'));
    const all = await api.idsOf(ofAda);
    const others = all.filter((id) => id !== 'mat' && id !== 'lamp');
    expect(await api.idsOf(`${ofAda}&exclude=mat,%20lamp`)).toEqual(others);
    expect(await api.idsOf(`${ofAda}&exclude=mat&exclude=lamp`)).toEqual(others);
  });

  it('keeps to a category and what is below it, however it is written', async () => {
    const api = await having(anApi(), view('stove'));
    expect(await api.idsOf(`${ofAda}&category=kitchen`)).toEqual(['pot', 'stove']);
    expect(await api.idsOf(`${ofAda}&category=Camping%3E%20Mats`)).toEqual(['mat']);
    expect(await api.idsOf(`${ofAda}&category=Kit`)).toEqual([]);
  });

  it('varies the items as much as is asked for', async () => {
    const ids = ['a1', 'a2', 'a3', 'b1', 'c1'];
    const related = {
      a1: [
        ['a2', 1],
        ['a3', 0.9],
        ['b1', 0.5],
        ['c1', 0.4],
      ],
    } as const;
    const catalog = Object.fromEntries(ids.map((id) => [id, { category: `${id[0]}`, brand: `${id[0]}` }]));
    const api = await having(anApi({ model: { items: ids, related }, catalog }), view('a1'), buy('a1'));
    const of = (diversity: number) => api.idsOf(`/v1/recommendations?userId=ada&n=2&diversity=${diversity}`);
    expect(await of(0)).toEqual(['a2', 'a3']);
    expect(await of(0.9)).toEqual(['a2', 'b1']);
  });

  it('answers no more than n', async () => {
    const api = await having(anApi(), view('stove'));
    expect(await api.idsOf(`${ofAda}&n=2`)).toHaveLength(2);
  });

  it('gives somebody unknown what is popular', async () => {
    const api = anApi();
    const { body } = await api.get('/v1/recommendations?userId=nobody');
    expect(body.items.map(({ itemId }: { itemId: string }) => itemId)).toEqual(['tent', 'stove', 'mat', 'pot', 'lamp']);
    expect(new Set(body.items.map(({ reason }: { reason: string }) => reason))).toEqual(new Set(['popular']));
    expect(api.answered).toMatchObject([{ key: 'user:nobody', variant: 'popular' }]);
  });

  it('gives somebody of whom only categories are known the popular items of these first', async () => {
    const list = aTrack({ userId: 'ada', event: 'Product List Viewed', properties: { category: 'Kitchen' } });
    const api = await having(anApi(), list);
    const { body } = await api.get(`${ofAda}&n=3`);
    expect(body.items).toMatchObject([
      { itemId: 'stove', reason: 'popular in Kitchen' },
      { itemId: 'pot', reason: 'popular in Kitchen' },
      { itemId: 'tent', reason: 'popular' },
    ]);
  });

  it.each(['personalisation', 'personalization'])(
    'gives who denied %s what is popular, and forgets them',
    async (purpose) => {
      const api = await having(anApi(), view('stove'), buy('tent'), consent({ [purpose]: false }));
      expect(await api.idsOf(ofAda)).toEqual(['tent', 'stove', 'mat', 'pot', 'lamp']);
      expect(api.answered).toMatchObject([{ key: null, variant: 'popular' }]);
      expect(JSON.stringify(api.answered)).not.toContain('ada');
    },
  );

  it('goes by the latest choice', async () => {
    const api = await having(
      anApi(),
      view('stove'),
      consent({ personalization: false }),
      consent({ personalisation: true }),
    );
    expect((await api.idsOf(ofAda))[0]).toBe('pot');
  });

  it('keeps a share of people apart: they get what is popular, and are told apart', async () => {
    const api = await having(anApi({ holdoutShare: 1 }), view('stove'));
    expect((await api.idsOf(ofAda))[0]).toBe('tent');
    expect(api.answered).toMatchObject([{ key: 'user:ada', variant: 'holdout', model: '20260301T030000Z-aaaa' }]);
  });

  it('notes each answer once, as it was given', async () => {
    const api = await having(anApi(), view('stove'));
    const { body } = await api.get(`${ofAda}&placement=cart&category=Kitchen`);
    expect(api.answered).toEqual([
      {
        id: body.recommendationId,
        key: 'user:ada',
        placement: 'cart',
        variant: 'model',
        model: body.model.version,
        category: 'Kitchen',
        items: body.items.map(({ itemId, score, reason }: Message) => ({ itemId, score, reason })),
        requestedAt: api.now,
      },
    ]);
  });

  it('answers though the stream does not take it, and counts that', async () => {
    const api = await having(anApi(), view('stove'));
    api.onPublish = () => {
      throw new Error('throttled');
    };
    expect((await api.get(ofAda)).status).toBe(200);
    expect(api.printed.map((line) => JSON.parse(line))).toMatchObject([{ AnswersNotNoted: 1 }]);
  });

  it.each([
    ['', ['userId']],
    ['userId=ada&anonymousId=a', ['userId']],
    ['userId=', ['userId']],
    [`userId=${'x'.repeat(257)}`, ['userId']],
    ['userId=ada&n=0', ['n']],
    ['userId=ada&n=101', ['n']],
    ['userId=ada&n=1.5', ['n']],
    ['userId=ada&n=ten', ['n']],
    ['userId=ada&diversity=1.1', ['diversity']],
    ['userId=ada&diversity=-0.1', ['diversity']],
    ['userId=ada&diversity=', ['diversity']],
    ['userId=ada&placement=a%20b', ['placement']],
    ['userId=ada&category=%20%3E', ['category']],
    [`userId=ada&exclude=${Array.from({ length: 201 }, (_, n) => n)}`, ['exclude']],
    [`userId=ada&exclude=${'x'.repeat(257)}`, ['exclude']],
    ['n=0&diversity=2', ['n', 'diversity', 'userId']],
  ])('names each wrong parameter: %s', async (query, paths) => {
    const { status, body } = await anApi().get(`/v1/recommendations?${query}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_parameter' });
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(paths);
  });

  it.each([
    'n=1',
    'n=100',
    'diversity=0',
    'diversity=1',
    'diversity=.5',
    `exclude=${Array.from({ length: 200 }, (_, n) => n)}`,
  ])('takes %s', async (query) => {
    expect((await anApi().get(`/v1/recommendations?userId=ada&${query}`)).status).toBe(200);
  });

  it('wants an API key', async () => {
    expect(await anApi().get(ofAda, {})).toMatchObject({ status: 401, body: { code: 'key_missing' } });
  });
});

describe('GET /v1/items/{id}/similar', () => {
  it('answers what goes with an item, then what is popular in its category', async () => {
    const api = anApi();
    const { body } = await api.get('/v1/items/mat/similar?n=3');
    expect(documented('similarItems').safeParse(body)).toMatchObject({ success: true });
    expect(body.items).toMatchObject([{ itemId: 'tent', reason: 'viewed with Mat' }]);
    expect((await api.get('/v1/items/lamp/similar')).body.items).toMatchObject([
      { itemId: 'pot', reason: 'like Lamp' },
    ]);
  });

  it('knows popular items of the category of one that the model does not know', async () => {
    const api = anApi();
    api.put('pan', { title: 'Pan', category: 'Kitchen' });
    expect(await api.idsOf('/v1/items/pan/similar')).toEqual(['stove', 'pot']);
  });

  it('looks further and further up where an item is the only one of its category, with a model or without', async () => {
    for (const model of [camping, null]) {
      const api = anApi({ model });
      api.put('boot', { title: 'Boot', category: 'Camping > Feet > Boots' });
      expect((await api.idsOf('/v1/items/boot/similar?n=2')).sort()).toEqual(['mat', 'tent']);
      api.put('bike', { title: 'Bike', category: 'Wheels' });
      expect(await api.idsOf('/v1/items/bike/similar?n=2')).toHaveLength(2);
    }
  });

  it('has nothing for an item that nobody knows', async () => {
    expect(await anApi().get('/v1/items/none/similar')).toMatchObject({
      status: 404,
      body: { code: 'item_not_found' },
    });
  });
});

describe('GET /v1/items/popular', () => {
  it('answers as soon as the catalog is no longer empty', async () => {
    const api = anApi({ model: null, catalog: {} });
    expect(await api.idsOf('/v1/items/popular')).toEqual([]);
    expect(await api.get('/v1/items/mat/similar')).toMatchObject({ status: 404 });
    api.put('mat', { title: 'Mat' });
    api.now += 1_000;
    expect(await api.idsOf('/v1/items/popular')).toEqual(['mat']);
    expect(await api.get('/v1/items/mat/similar')).toMatchObject({ status: 200 });
  });

  it('names a category as the catalog writes it', async () => {
    const { body } = await anApi().get('/v1/items/popular?category=camping');
    expect(body.items[0]).toMatchObject({ reason: 'popular in Camping' });
  });

  it('answers the most popular items, of a category if one is named', async () => {
    const api = anApi();
    const { body } = await api.get('/v1/items/popular?n=2');
    expect(documented('popularItems').safeParse(body)).toMatchObject({ success: true });
    expect(body.items.map(({ itemId }: { itemId: string }) => itemId)).toEqual(['tent', 'stove']);
    expect((await api.get('/v1/items/popular?category=Camping')).body.items).toMatchObject([
      { itemId: 'tent', reason: 'popular in Camping' },
      { itemId: 'mat', reason: 'popular in Camping' },
    ]);
    expect(api.answered).toEqual([]);
  });
});

describe('GET /v1/recommendations/models', () => {
  it('tells how trainings ended, and which version answers', async () => {
    const api = anApi();
    const { current } = api.models.published ?? {};
    const { version = '', parameters, quality } = current ?? {};
    if (!parameters || !quality) throw new Error('There is no model.');
    const baseline = { popularity: quality, cosine: quality, untuned: quality };
    const trained = { parameters, quality, baseline, items: 5, people: 3, interactions: 9 } as unknown as Trained;
    api.models.tried.push(
      { version: '20260302T030000Z-bbbb', outcome: 'refused', reason: 'worse', startedAt: 2, endedAt: 3, trained },
      { version, outcome: 'published', startedAt: 0, endedAt: 1, trained },
    );
    const { body } = await api.get('/v1/recommendations/models');
    expect(documented('listModels').safeParse(body)).toMatchObject({ success: true });
    expect(body.items).toMatchObject([
      { outcome: 'refused', serving: false, reason: 'worse' },
      { version, outcome: 'published', serving: true, startedAt: '1970-01-01T00:00:00.000Z', quality: { ndcg: 0.1 } },
    ]);
  });
});
