import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProfileView } from '../../schemas/profile.ts';
import { eventually } from './eventually.ts';
import { type Headwater, startHeadwater } from './headwater.ts';

let headwater: Headwater;

beforeAll(async () => {
  const kept = { raw: 365, events: 365, profiles: 365 };
  headwater = await startHeadwater(undefined, { variables: { RETENTION_DAYS: JSON.stringify(kept) } });
});
afterAll(() => headwater?.stop());

let made = 0;
const send = async (...batch: object[]) => {
  const timestamp = new Date().toISOString();
  const messages = batch.map((message) => ({ messageId: `identity-${made++}`, timestamp, ...message }));
  expect((await headwater.post('/v1/batch', { batch: messages, sentAt: timestamp })).status).toBe(200);
};
const view = async (id: string) => (await headwater.profile(id)) as ProfileView | undefined;
const viewed = (anonymousId: string) => ({ type: 'track', event: 'Product Viewed', anonymousId });

test('what a visitor did on two devices counts for the person as soon as each identifies', async () => {
  await send(viewed('phone'), viewed('phone'), viewed('laptop'));
  await send({ type: 'identify', userId: 'ada', anonymousId: 'phone', traits: { email: 'Ada@example.org' } });
  await send({ type: 'identify', userId: 'ada', anonymousId: 'laptop' });
  await headwater.settled();
  const ada = await view('ada');
  expect(ada).toMatchObject({ userId: 'ada', computed: { eventCount: 5 } });
  expect(ada?.anonymousIds.toSorted()).toEqual(['laptop', 'phone']);
  expect((await view('anonymous:phone'))?.profileId).toBe(ada?.profileId);

  await send(viewed('phone'));
  await headwater.settled();
  expect((await view('ada'))?.computed.eventCount).toBe(6);
  const rows = await eventually(async () => {
    const [row] = await headwater.query(
      "SELECT count(*) AS n, count(DISTINCT profile_key) AS keys FROM events WHERE person_key = 'user:ada'",
    );
    return row?.n === '6' && row;
  });
  expect(rows).toEqual({ n: '6', keys: '3' });
});

test('says why the ids are one person, and parts them again on demand', async () => {
  await send(viewed('tablet'), { type: 'identify', userId: 'bob', anonymousId: 'tablet' });
  await headwater.settled();
  const why = await headwater.api('GET', '/v1/profiles/bob/identity');
  expect(why).toMatchObject({
    status: 200,
    body: { links: [{ child: 'anonymous:tablet', parent: 'user:bob', event: 'Identify', state: 'active' }] },
  });
  const split = await headwater.api('POST', '/v1/profiles/bob/split', { ids: ['anonymous:tablet'] });
  expect(split).toMatchObject({ status: 202, body: { requestId: expect.any(String) } });
  await eventually(async () => (await view('anonymous:tablet'))?.userId === null);
  await headwater.settled();
  expect((await view('bob'))?.computed.eventCount).toBe(1);
  expect((await view('anonymous:tablet'))?.computed.eventCount).toBe(1);

  await send({ type: 'identify', userId: 'bob', anonymousId: 'tablet' });
  await headwater.settled();
  expect((await view('anonymous:tablet'))?.userId).toBeNull();
});

test('a shared device stays with the person who identified on it first', async () => {
  await send(viewed('kiosk'));
  await send({ type: 'identify', userId: 'first', anonymousId: 'kiosk' });
  await send({ type: 'identify', userId: 'second', anonymousId: 'kiosk' });
  await send(viewed('kiosk'));
  await headwater.settled();
  expect((await view('first'))?.computed.eventCount).toBe(3);
  expect((await view('second'))?.computed.eventCount).toBe(1);
});

test('a renamed user is one person under both ids, and a circle of names ends', async () => {
  await send({ type: 'track', event: 'Cart Viewed', userId: 'old-name' });
  await send({ type: 'alias', previousId: 'old-name', userId: 'new-name' });
  await headwater.settled();
  expect((await view('old-name'))?.userId).toBe('new-name');
  expect((await view('new-name'))?.computed.eventCount).toBe(2);
  await send({ type: 'alias', previousId: 'new-name', userId: 'old-name' });
  await headwater.settled();
  const [one, other] = [await view('old-name'), await view('new-name')];
  expect(one?.profileId).toBe(other?.profileId);
  expect(one?.computed.eventCount).toBe(3);
});

test('values that stand for nobody make no person', async () => {
  await send({ type: 'track', event: 'Cart Viewed', userId: 'null', anonymousId: 'visitor-1' });
  await send({ type: 'track', event: 'Cart Viewed', userId: 'undefined', anonymousId: 'visitor-2' });
  await headwater.settled();
  expect(await view('null')).toBeUndefined();
  expect((await view('anonymous:visitor-1'))?.computed.eventCount).toBe(1);
});

test('answers what is wrong with a split', async () => {
  await send({ type: 'identify', userId: 'eve', anonymousId: 'eve-phone' });
  await headwater.settled();
  const split = (id: string, body: unknown) => headwater.api('POST', `/v1/profiles/${id}/split`, body);
  expect(await split('nobody-known', { ids: ['anonymous:x'] })).toMatchObject({ status: 404 });
  expect(await split('eve', { ids: ['anonymous:other'] })).toMatchObject({ status: 400 });
  expect(await split('eve', { ids: ['user:eve'] })).toMatchObject({ status: 400 });
  expect(await split('eve', { ids: [] })).toMatchObject({ status: 400, body: { errors: [{ path: 'ids' }] } });
});

/** Invokes a function, as its clock does with that event. */
async function run(name: string, event: object): Promise<unknown> {
  const found = [...headwater.runtime.functions.values()].find(({ logicalId }) => logicalId.startsWith(name));
  const outcome = await found?.invoke(event);
  expect([name, outcome]).toEqual([name, expect.objectContaining({ ok: true })]);
  return outcome?.ok ? outcome.payload : undefined;
}

/** Ids of all items of the profiles, as they lie in the table. */
async function storedKeys(): Promise<string[]> {
  const { gateway, outputs } = headwater.runtime;
  const found = await gateway.invoke('tool', 'dynamodb', 'Scan', { TableName: outputs.ProfilesTable });
  return (found as { Items: { id: { S: string } }[] }).Items.map(({ id }) => id.S);
}

test('whoever was not seen for as long as people are kept is forgotten, with every id, and comes back as somebody new', async () => {
  const longAgo = new Date(Date.now() - 400 * 86_400_000).toISOString();
  const ida = { userId: 'ida', anonymousId: 'old-phone' };
  await send(
    { ...viewed('old-phone'), timestamp: longAgo },
    { type: 'track', event: 'Old', userId: 'ida', timestamp: longAgo },
  );
  await send({ type: 'identify', ...ida, traits: { email: 'ida@example.org' }, timestamp: longAgo });
  await send(
    { type: 'track', event: 'Old', userId: 'tom', timestamp: longAgo },
    { type: 'track', event: 'New', userId: 'tom' },
  );
  await headwater.settled();
  expect((await view('ida'))?.anonymousIds).toEqual(['old-phone']);
  const { segments } = (await view('ida')) as ProfileView;
  expect(segments.length).toBeGreaterThan(0);
  const ofIda = ['user:ida', 'anonymous:old-phone', 'email:ida@example.org'];
  expect(await storedKeys()).toEqual(expect.arrayContaining(ofIda));

  await run('ProfileSnapshotsSnapshot', {});
  expect(await run('PrivacyRequestsWorker', { task: 'forget' })).toEqual({ people: 1 });
  await headwater.settled();

  expect([await view('ida'), await view('anonymous:old-phone')]).toEqual([undefined, undefined]);
  expect((await view('tom'))?.computed.eventCount).toBe(2);
  expect((await storedKeys()).filter((key) => ofIda.includes(key))).toEqual([]);
  const gone =
    "SELECT profile_key FROM identity_links WHERE parent_key IS NULL AND why = 'retention' ORDER BY profile_key";
  const alone = await eventually(async () => {
    const rows = await headwater.query(gone);
    return rows.length > 0 && rows;
  });
  expect(alone).toEqual([{ profile_key: 'anonymous:old-phone' }, { profile_key: 'email:ida@example.org' }]);
  for (const { id } of segments) {
    const { body } = await headwater.api('GET', `/v1/segments/${id}/members?limit=100`);
    expect((body as { items: { id: string }[] }).items.map((item) => item.id)).not.toContain('ida');
  }

  await send({ type: 'track', event: 'Back', userId: 'ida' });
  await headwater.settled();
  const back = (await view('ida')) as ProfileView;
  expect([back.computed.eventCount, back.anonymousIds]).toEqual([1, []]);
  const transitions = (await headwater.api('GET', '/v1/profiles/ida/transitions?limit=100')).body as {
    items: { to: string; n?: number; segmentId: string }[];
  };
  const inside = new Set<string>();
  for (const { to, segmentId } of transitions.items.toReversed()) {
    expect([segmentId, inside.has(segmentId)]).toEqual([segmentId, to === 'exited']);
    if (to === 'entered') inside.add(segmentId);
    else inside.delete(segmentId);
  }
  expect([...inside].sort()).toEqual(back.segments.map(({ id }) => id).sort());
});
