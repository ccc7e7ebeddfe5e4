import { beforeEach, expect, it, vi } from 'vitest';
import { Models } from '../../../functions/recommendation-api/models.ts';
import { aTrack } from '../../fixtures/events.ts';
import { aList } from '../../fixtures/models.ts';
import { type AnApi, anApi, camping, MemoryModels } from './an-api.ts';

const OLD = '20260301T030000Z-aaaa';
const NEW = '20260302T030000Z-bbbb';

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});

/** Two versions: the new one finds that stoves go with lamps. */
async function twoVersions(): Promise<AnApi> {
  const api = anApi();
  api.models.publish({ ...camping, version: NEW, related: { stove: [['lamp', 1]] } });
  api.world.send(aTrack({ userId: 'ada', event: 'Product Viewed', properties: { product_id: 'stove' } }));
  await api.world.drain();
  api.now = api.world.now;
  return api;
}
const first = async (api: AnApi) => {
  const { status, body } = await api.get('/v1/recommendations?userId=ada&diversity=0');
  return { status, item: body.items[0]?.itemId, model: body.model };
};
const counted = ({ printed }: AnApi) => printed.map((line) => JSON.parse(line)).filter((line) => line.ModelFallbacks);

it('answers by the latest version', async () => {
  expect(await first(await twoVersions())).toEqual({ status: 200, item: 'lamp', model: { version: NEW } });
});

it.each<[string, (models: MemoryModels) => void]>([
  ['whose items are missing', ({ parts }) => parts.delete(NEW)],
  [
    'that lacks some of its items',
    ({ parts }) => {
      const part = parts.get(NEW);
      if (part) part.items = { ...part.items, ids: part.items.ids.slice(1) };
    },
  ],
  [
    'whose neighbours name items that it does not have',
    ({ parts }) => parts.get(NEW)?.neighbours.set(1, { collaborative: aList([77, 1]), content: aList() }),
  ],
  [
    'whose neighbours cannot be read',
    (models) => {
      models.onRead = (what, version) => {
        if (what === 'neighbours' && version === NEW) throw new Error('damaged');
      };
    },
  ],
])('answers by the version before one %s, and counts that', async (_, damage) => {
  const api = await twoVersions();
  damage(api.models);
  expect(await first(api)).toEqual({ status: 200, item: 'pot', model: { version: OLD, fallback: 'previous' } });
  expect(counted(api)).toMatchObject([{ version: NEW, ModelFallbacks: 1 }]);
});

it('leaves a bad version alone for some seconds, then tries it again', async () => {
  const api = await twoVersions();
  const items = api.models.parts.get(NEW);
  api.models.parts.delete(NEW);
  await first(api);
  await first(api);
  expect(counted(api)).toHaveLength(1);
  if (items) api.models.parts.set(NEW, items);
  api.now += 11_000;
  expect((await first(api)).model).toEqual({ version: NEW });
});

it('answers by the newest items of the catalog when no version can be read', async () => {
  const api = await twoVersions();
  api.models.parts.clear();
  expect(await first(api)).toEqual({ status: 200, item: 'lamp', model: { version: null, fallback: 'none' } });
});

it('answers by the newest items of the catalog while there was no training', async () => {
  const api = anApi({ model: null });
  const { body } = await api.get('/v1/recommendations?userId=ada');
  expect(body.items.map(({ itemId }: { itemId: string }) => itemId)).toEqual(['lamp', 'pot', 'mat', 'stove', 'tent']);
  expect(body).toMatchObject({ model: { version: null } });
  expect(await api.idsOf('/v1/items/popular?category=Camping')).toEqual(['mat', 'tent']);
  expect(await api.idsOf('/v1/items/tent/similar')).toEqual(['mat']);
});

it('is not empty when nothing that the model knows is for sale', async () => {
  const api = await twoVersions();
  for (const id of camping.items) api.put(id, { hidden: true });
  api.put('boat', { title: 'Boat' });
  expect(await api.idsOf('/v1/recommendations?userId=ada')).toEqual(['boat']);
  expect(await api.idsOf('/v1/recommendations?userId=nobody')).toEqual(['boat']);
  expect(await api.idsOf('/v1/items/popular')).toEqual(['boat']);
});

it('notices a new version within seconds', async () => {
  const api = anApi({ model: { ...camping, items: ['tent'] } });
  expect(await api.idsOf('/v1/items/popular')).toEqual(['tent']);
  api.models.publish({ ...camping, version: NEW });
  api.now += 5_001;
  expect(await api.idsOf('/v1/items/popular')).toHaveLength(5);
});

it('goes on with the version that it knows while nobody can tell which is the latest', async () => {
  const api = await twoVersions();
  await first(api);
  api.models.onRead = (what) => {
    if (what === 'head') throw new Error('throttled');
  };
  api.now += 6_000;
  expect((await first(api)).model).toEqual({ version: NEW });
});

it('reads the items of a version once, and the neighbours of an item once', async () => {
  const models = new MemoryModels();
  models.publish(camping);
  const read = new Models(
    models,
    () => 0,
    () => undefined,
  );
  for (let times = 0; times < 3; times += 1) {
    await read.answer(async (model) => expect(await model?.neighbours([0, 1])).toHaveProperty('size', 2));
  }
  expect(models.reads).toBe(3);
});

it('passes on what has nothing to do with the model', async () => {
  const models = new MemoryModels();
  models.publish(camping);
  const read = new Models(
    models,
    () => 0,
    () => undefined,
  );
  const failing = read.answer(() => Promise.reject(new Error('the catalog is gone')));
  await expect(failing).rejects.toThrow('the catalog is gone');
});
