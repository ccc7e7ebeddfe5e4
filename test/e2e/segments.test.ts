import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { type Headwater, startHeadwater } from './headwater.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});
afterAll(() => headwater?.stop());

type Json = Record<string, unknown>;

let made = 0;
const send = async (...batch: object[]) => {
  const timestamp = new Date().toISOString();
  const messages = batch.map((message) => ({ messageId: `segments-${made++}`, timestamp, ...message }));
  expect((await headwater.post('/v1/batch', { batch: messages, sentAt: timestamp })).status).toBe(200);
};
const track = (userId: string, event: string, properties: Json = {}) => ({ type: 'track', userId, event, properties });

async function live(definition: Json): Promise<void> {
  expect(await headwater.api('POST', '/v1/segments', definition)).toMatchObject({ status: 201 });
  await eventually(async () => {
    const { body } = await headwater.api('GET', `/v1/segments/${definition.id}`);
    return (body as Json).status === 'live';
  });
}

const segmentsOf = async (id: string) =>
  ((await headwater.profile(id))?.segments as { id: string }[] | undefined)?.map((segment) => segment.id) ?? [];
const membersOf = async (id: string) => {
  const { body } = await headwater.api('GET', `/v1/segments/${id}/members?limit=100`);
  return (body as { items: { userId: string | null }[] }).items.map(({ userId }) => userId);
};
/** None of somebody who is not known yet. */
const transitionsOf = async (id: string, segmentId: string) => {
  const { body } = await headwater.api('GET', `/v1/profiles/${id}/transitions?limit=100`);
  const { items = [] } = body as {
    items?: { segmentId: string; to: string; cause: { type: string; event?: string; time: number } }[];
  };
  return items.filter((transition) => transition.segmentId === segmentId);
};

test('a segment holds who fits it now, takes in who fits it later, and says why', async () => {
  await send(
    track('tess', 'Order Completed', { order_id: 't-1', total: 120, currency: 'EUR' }),
    track('tom', 'Order Completed', { order_id: 't-2', total: 20, currency: 'EUR' }),
  );
  await headwater.settled();
  await live({
    id: 'big-orders',
    name: 'Big orders',
    condition: {
      type: 'event',
      event: 'Order Completed',
      where: [{ field: 'total', op: 'greaterOrEqual', value: 100 }],
      window: { last: { days: 30 } },
    },
  });
  expect(await segmentsOf('tess')).toContain('big-orders');
  expect(await segmentsOf('tom')).not.toContain('big-orders');
  await eventually(async () => (await membersOf('big-orders')).join() === 'tess');

  await send(track('tom', 'Order Completed', { order_id: 't-3', total: '150.00', currency: 'EUR' }));
  await eventually(async () => (await transitionsOf('tom', 'big-orders')).length === 1);
  expect(await transitionsOf('tom', 'big-orders')).toMatchObject([
    { to: 'entered', version: 1, cause: { type: 'event', event: 'Order Completed' } },
  ]);
  await eventually(async () => (await membersOf('big-orders')).toSorted().join() === 'tess,tom');
  expect(await headwater.api('GET', '/v1/segments/big-orders')).toMatchObject({ body: { count: 2, version: 1 } });
  expect(await headwater.api('GET', '/v1/profiles/tom/segments/big-orders/explain')).toMatchObject({
    status: 200,
    body: { segmentId: 'big-orders', member: true },
  });
  const inLake = await eventually(async () => {
    const rows = await headwater.query(
      "SELECT person_key FROM segment_members WHERE segment_id = 'big-orders' ORDER BY 1",
    );
    return rows.length === 2 && rows;
  });
  expect(inLake.map(({ person_key }) => person_key)).toEqual(['user:tess', 'user:tom']);
});

test('a preview counts before anything is saved, and a changed segment moves its members', async () => {
  await headwater.settled();
  const condition = { type: 'event', event: 'Order Completed', op: 'greaterOrEqual', value: 2 };
  const preview = await headwater.api('POST', '/v1/segments/preview', { condition });
  expect(preview).toMatchObject({ status: 200, body: { count: 1, sample: [{ userId: 'tom' }] } });
  const changed = await headwater.api('PUT', '/v1/segments/big-orders', { name: 'Buyers again', condition });
  expect(changed).toMatchObject({ status: 200, body: { version: 2 } });
  await eventually(async () => (await membersOf('big-orders')).join() === 'tom');
  expect(await transitionsOf('tess', 'big-orders')).toMatchObject([
    { to: 'exited', version: 2, cause: { type: 'definition' } },
    { to: 'entered', version: 1 },
  ]);
  expect(await headwater.api('DELETE', '/v1/segments/big-orders')).toMatchObject({ status: 204 });
  await eventually(async () => !(await segmentsOf('tom')).includes('big-orders'));
});

test('a visitor who becomes a person takes the segments along', async () => {
  await live({
    id: 'three-views',
    name: 'Three views',
    condition: { type: 'event', event: 'Product Viewed', op: 'greaterOrEqual', value: 3 },
  });
  await send(
    ...['a', 'b'].map((product_id) => ({
      type: 'track',
      anonymousId: 'una-phone',
      event: 'Product Viewed',
      properties: { product_id },
    })),
    track('una', 'Product Viewed', { product_id: 'c' }),
  );
  await headwater.settled();
  expect(await segmentsOf('una')).not.toContain('three-views');
  await send({ type: 'identify', userId: 'una', anonymousId: 'una-phone' });
  await eventually(async () => (await segmentsOf('una')).includes('three-views'));
});

test('time alone ends a membership within a minute of its due time', async () => {
  await live({
    id: 'just-now',
    name: 'Just now',
    condition: { type: 'event', event: 'Cart Viewed', window: { last: { minutes: 1 } } },
  });
  const viewed = Date.now() - 30_000;
  await send({ ...track('vera', 'Cart Viewed'), timestamp: new Date(viewed).toISOString() });
  const [exit] = await eventually(async () => {
    const transitions = await transitionsOf('vera', 'just-now');
    return transitions.length === 2 && transitions;
  });
  const seenAt = Date.now();
  const due = Number(exit?.cause.time);
  expect(exit).toMatchObject({ to: 'exited', cause: { type: 'time' } });
  // As the platform has it, by whose clock the sender's is set right.
  const { body } = await headwater.api('GET', '/v1/profiles/vera/events');
  const [{ time = '' } = {}] = (body as { items: { time: string }[] }).items;
  expect(due).toBe(Date.parse(time) + 60_000);
  expect(seenAt - due).toBeLessThan(60_000);
});

test('refuses definitions that cannot be, and says where', async () => {
  const post = (body: unknown) => headwater.api('POST', '/v1/segments', body);
  const base = { id: 'wrong', name: 'Wrong' };
  expect(await post({ ...base, condition: { type: 'trait', name: 'plan', op: 'equalz', value: 1 } })).toMatchObject({
    status: 400,
    body: { errors: [{ path: expect.stringContaining('condition') }] },
  });
  expect(await post({ ...base, condition: { type: 'segment', id: 'does-not-exist' } })).toMatchObject({ status: 400 });
  expect(await post({ ...base, condition: { type: 'segment', id: 'wrong' } })).toMatchObject({ status: 400 });
  expect(await post('{')).toMatchObject({ status: 400 });
  expect(await headwater.api('GET', '/v1/segments/does-not-exist')).toMatchObject({ status: 404 });
  expect(await headwater.api('GET', '/v1/segments/does-not-exist/members')).toMatchObject({ status: 404 });
});
