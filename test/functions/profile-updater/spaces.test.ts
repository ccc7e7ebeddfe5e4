import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { spaceRulesOf } from '../../../shared/clean/clean-record.ts';
import { isKeyOf } from '../../../shared/identity/spaces.ts';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope } from '../../fixtures/events.ts';
import { aSegment } from '../../fixtures/segments.ts';
import { catalogOf, World } from './world.ts';

const spaces = [
  { id: 'brand-b', sources: ['b-web', 'b-app'] },
  { id: 'brand-c', sources: ['c-web'] },
];
const viewers = aSegment({
  id: 'viewers',
  condition: { type: 'event', event: 'Product Viewed', measure: { of: 'count' }, op: 'greaterOrEqual', value: 2 },
});

/** A message from a source. */
interface Sent {
  readonly sourceId: string;
  readonly message: Record<string, unknown>;
}

const id = fc.option(fc.constantFrom('1', '2', 3, 'ada'), { nil: undefined });
const email = fc.option(fc.constantFrom('a@x.org', 'B@x.org'), { nil: undefined });
const order = { order_id: '1001', total: 20, currency: 'EUR', products: [{ product_id: 'tent', price: 20 }] };
const message = fc
  .record({
    type: fc.constantFrom('identify', 'identify', 'track', 'track', 'track', 'alias', 'group'),
    event: fc.constantFrom('Product Viewed', 'Order Completed', 'Product Added'),
    userId: id,
    anonymousId: fc.constantFrom('x', 'y'),
    previousId: fc.constantFrom('1', '2', 'x'),
    groupId: fc.constantFrom('g'),
    email,
    crm: fc.option(fc.constantFrom('c-1', 'c-2'), { nil: undefined }),
  })
  .map(({ email: address, crm, ...rest }) => ({
    ...rest,
    traits: { email: address },
    properties: rest.event === 'Order Completed' ? order : { product_id: 'tent' },
    context: { externalIds: crm === undefined ? [] : [{ type: 'crm', id: crm }] },
  }));
const history = (most: number, least = 2) =>
  fc.array(fc.record({ sourceId: fc.constantFrom('web', 'b-web', 'b-app', 'c-web'), message }), {
    minLength: least,
    maxLength: most,
  });

const spaceOf = (sourceId: string) => spaces.find(({ sources }) => sources.includes(sourceId))?.id;

/** A world that has taken in those of the messages that `isTaken` says, each at the moment of its place. */
async function aWorld(sent: readonly Sent[], isTaken: (sent: Sent) => boolean, of = spaces): Promise<World> {
  const world = new World(catalogOf([viewers]), 3, of);
  for (const [at, each] of sent.entries()) {
    world.now = ARRIVAL + at * 60_000;
    const time = new Date(world.now).toISOString();
    const whole = { ...each.message, messageId: `m-${at}`, timestamp: time };
    const envelope = anEnvelope([whole], { sourceId: each.sourceId, receivedAt: time });
    if (isTaken(each)) world.put(String(each.message.userId ?? each.message.anonymousId), JSON.stringify(envelope));
  }
  await world.drain();
  return world;
}

test('people, segments and identities of each space are what they would be without the others', async () => {
  await fc.assert(
    fc.asyncProperty(history(24), async (sent) => {
      const together = (await aWorld(sent, () => true)).persons();
      for (const space of ['brand-b', 'brand-c']) {
        const alone = (await aWorld(sent, ({ sourceId }) => spaceOf(sourceId) === space)).persons();
        expect(together.filter(({ keys }) => keys.some((key) => isKeyOf(space, key)))).toEqual(alone);
      }
      const others = await aWorld(sent, ({ sourceId }) => spaceOf(sourceId) === undefined, []);
      const isOther = (key: string) => !isKeyOf('brand-b', key) && !isKeyOf('brand-c', key);
      expect(together.filter(({ keys }) => keys.some(isOther))).toEqual(others.persons());
    }),
    { numRuns: 40 },
  );
});

const lakes: ALake[] = [];
afterAll(async () => {
  for (const lake of lakes) await lake[Symbol.asyncDispose]();
});

/** All that a world put on the stream, in a lake. */
async function landed(world: World): Promise<ALake> {
  const lake = await aLake({ rules: spaceRulesOf({ spaces }) });
  lakes.push(lake);
  await lake.land(...world.shards.flat());
  return lake;
}

const views = ['events', 'orders', 'sessions', 'segment_members'];

test('rows of the lake of each space are what they would be without the others', async () => {
  const [many = []] = fc.sample(history(60, 60), { numRuns: 1, seed: 7 });
  const together = await landed(await aWorld(many, () => true));
  const alone = await landed(await aWorld(many, ({ sourceId }) => spaceOf(sourceId) === 'brand-b'));
  const others = await landed(await aWorld(many, ({ sourceId }) => spaceOf(sourceId) === undefined));
  for (const view of views) {
    const rows = async (lake: ALake, where: string) => {
      const found = await lake.objects(`SELECT * FROM ${view} WHERE ${where}`);
      // Where a row lies in the stream, which is another one.
      return found.map(({ sequence_number, record_index, ...row }) => JSON.stringify(row)).sort();
    };
    const inside = "person_key LIKE '%:brand-b/%'";
    const outside = "person_key NOT LIKE '%:brand-_/%'";
    const own = await rows(together, inside);
    expect(own, view).toEqual(await rows(alone, 'true'));
    expect(own.length, view).toBeGreaterThan(0);
    expect(await rows(together, outside), view).toEqual(await rows(others, 'true'));
  }
});

test('an id that names a space from outside is a failed event, and reaches nobody', async () => {
  const world = await aWorld(
    [
      { sourceId: 'web', message: { type: 'identify', userId: '3', traits: { email: 'BRAND-B/a@x.org' } } },
      {
        sourceId: 'web',
        message: {
          type: 'identify',
          userId: '3',
          context: { externalIds: [{ type: 'email', id: 'brand-b/a@x.org' }] },
        },
      },
      { sourceId: 'b-web', message: { type: 'identify', userId: '1', traits: { email: 'a@x.org' } } },
      { sourceId: 'web', message: { type: 'track', event: 'Product Viewed', userId: ' brand-b/1' } },
      { sourceId: 'c-web', message: { type: 'alias', userId: '2', previousId: 'brand-b/1' } },
      { sourceId: 'web', message: { type: 'alias', userId: '2', previousId: 'brand-b/1' } },
    ],
    () => true,
  );

  const people = world.persons().map(({ home, keys, profile }) => [home, keys, profile.eventCount]);
  const lake = await landed(world);
  const failed = await lake.rows('SELECT reason, path, detail, source_id FROM failed_events ORDER BY message_id');

  expect(people).toEqual([
    ['user:3', ['user:3'], 2],
    ['user:brand-b/1', ['email:brand-b/a@x.org', 'user:brand-b/1'], 1],
    ['user:brand-c/2', ['user:brand-c/2', 'anonymous:brand-c/brand-b/1', 'user:brand-c/brand-b/1'].sort(), 1],
  ]);
  const detail = 'expected an id that does not begin with the name of a space and a slash, found the name of one';
  expect(failed).toEqual([
    ['foreign_space', 'events.0.userId', detail, 'web'],
    ['foreign_space', 'events.0.previousId', detail, 'web'],
  ]);
});
