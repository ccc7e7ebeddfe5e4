import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessKeyOf } from '../../infra/local/gateway/identity.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { landedKey } from '../../shared/lake/object-key.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { anEnvelope, aRecord } from '../fixtures/events.ts';
import { failedBefore } from '../fixtures/failed-before.ts';
import { type Headwater, startHeadwater } from './headwater.ts';
import { run } from './run-command.ts';
import { spoilProfile } from './spoil-profile.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});
afterAll(() => headwater?.stop());

type Json = Record<string, unknown>;
/** Days of all that is sent here, should midnight pass. */
const days = () => ['--from', dayOf(Date.now() - 3_600_000), '--to', dayOf(Date.now())];
const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);

let made = 0;
const send = async (...batch: object[]) => {
  const timestamp = new Date().toISOString();
  const messages = batch.map((message) => ({ messageId: `replay-${made++}`, timestamp, ...message }));
  expect((await headwater.post('/v1/batch', { batch: messages, sentAt: timestamp })).status).toBe(200);
};

const replay = (...args: string[]) => run('replay', ['--data', headwater.dataDir, ...args]);

const order = (id: string, total: number) => ({
  type: 'track',
  event: 'Order Completed',
  properties: { order_id: id, total, currency: 'EUR', products: [{ product_id: 'p-1', price: total, quantity: 1 }] },
});

test('profiles that were folded wrongly are mended, beside live events, and twice is once', async () => {
  await send(
    { type: 'page', anonymousId: 'ida-phone', name: 'Home' },
    { type: 'identify', userId: 'ida', anonymousId: 'ida-phone', traits: { plan: 'pro' } },
    { ...order('o-1', 50), userId: 'ida' },
    { ...order('o-2', 20), userId: 'jon' },
    { type: 'identify', userId: 'jon', traits: { plan: 'free' } },
  );
  await headwater.settled();
  const before = await Promise.all(['ida', 'jon'].map((id) => headwater.profile(id)));
  for (const key of ['user:ida', 'anonymous:ida-phone', 'user:jon']) await spoilProfile(headwater, key);
  expect(await headwater.profile('jon')).not.toEqual(before[1]);

  const dry = await replay('--profiles', ...days(), '--dry-run');
  expect(dry.output).toMatch(/would be folded anew\s*│\s*3/);
  expect(dry.code).toBe(0);
  expect(await headwater.profile('jon')).not.toEqual(before[1]);

  // Live events come while the replay is at work.
  const running = replay('--profiles', ...days());
  for (let n = 0; n < 20; n += 1) {
    await send({ ...order(`live-${n}`, 1), userId: n % 2 === 0 ? 'ida' : 'kim' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { code, output } = await running;
  // Some of those that come meanwhile may be folded here before live updates come to them.
  expect(output).toMatch(/folded anew\s*│\s*[3-6]/);
  expect(code).toBe(0);
  await headwater.settled();
  const [ida, jon] = await Promise.all(['ida', 'jon'].map((id) => headwater.profile(id)));
  expect(jon).toEqual(before[1]);
  const { eventCount } = (before[0] as { computed: { eventCount: number } }).computed;
  expect(ida).toMatchObject({
    traits: { plan: 'pro' },
    computed: { eventCount: eventCount + 10, orders: { count: 11 } },
  });

  const again = await replay('--profiles', ...days());
  expect(again.output).toMatch(/folded anew\s*│\s*0/);
  expect(await headwater.profile('jon')).toEqual(before[1]);
});

async function putFile(url: string, path: string, bytes: Uint8Array): Promise<number> {
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyOf('tool')}/20260101/us-east-1/s3/aws4_request`;
  const body = Buffer.from(bytes);
  return (await fetch(url + path, { method: 'PUT', headers: { authorization }, body })).status;
}

/** Lands messages that cleaning takes today as if it had rejected them when they came. */
async function landAsFailed(messages: readonly Json[]): Promise<void> {
  const record = aRecord(anEnvelope(messages, { receivedAt: new Date().toISOString() }), { arrivedAt: Date.now() });
  const { gateway, outputs } = headwater.runtime;
  for (const rows of landedRows([failedBefore(record)])) {
    if (rows.count === 0) continue;
    const path = `/${outputs.LakeBucket}/${landedKey(rows.table.name, record)}`;
    expect(await putFile(gateway.url, path, parquetFile(rows))).toBe(200);
  }
}

test('failed events are run again after a fix: each becomes one event, and counts once, for good', async () => {
  const bought = (id: string, userId: string) => ({ ...order(id, 10), userId });
  await landAsFailed([
    { ...bought('f-1', 'lea'), messageId: 'failed-1' },
    // Without an id of its own.
    bought('f-2', 'lea'),
    // Its client has sent it once more in the meantime.
    { ...bought('f-3', 'max'), messageId: 'failed-3' },
  ]);
  await send({ ...bought('f-3', 'max'), messageId: 'failed-3' }, { type: 'nothing', userId: 'lea', messageId: 'bad' });
  await headwater.settled();
  const failed = () => headwater.query('SELECT message_id FROM failed_events ORDER BY message_id');
  expect(await failed()).toHaveLength(4);
  expect(await headwater.profile('lea')).toBeUndefined();

  const dry = await replay('--failed', ...days(), '--dry-run');
  expect(dry.output).toMatch(/unknown_type\s*│\s*4\s*│\s*2\s*│\s*1\s*│\s*1/);
  for (let times = 0; times < 2; times += 1) {
    const { code, output } = await replay('--failed', ...days());
    expect([code, output]).toEqual([0, expect.stringMatching(times === 0 ? /│\s*4\s*│\s*2/ : /│\s*2\s*│\s*0/)]);
    await headwater.settled();
    expect((await failed()).map(({ message_id }) => message_id)).toEqual(['bad', 'failed-3']);
    expect(await headwater.profile('lea')).toMatchObject({ computed: { orders: { count: 2 } } });
    expect(await headwater.profile('max')).toMatchObject({ computed: { orders: { count: 1 } } });
    expect(await headwater.query("SELECT 1 FROM events WHERE user_id IN ('lea', 'max')")).toHaveLength(3);
    expect(await headwater.query('SELECT reason FROM mended_events')).toHaveLength(2);
  }

  // A rebuild counts them where they count by now.
  const lea = await headwater.profile('lea');
  expect((await replay('--profiles', ...days())).output).toMatch(/folded anew\s*│\s*0/);
  expect(await headwater.profile('lea')).toEqual(lea);
});

test('says what is wrong with a command, and how to mend it', async () => {
  expect(await replay(...days())).toMatchObject({
    code: 1,
    output: expect.stringContaining('--profiles, --failed or'),
  });
  expect(await replay('--failed', '--from', 'yesterday', '--to', dayOf(Date.now()))).toMatchObject({
    code: 1,
    output: expect.stringContaining('YYYY-MM-DD'),
  });
  expect((await replay('--help')).code).toBe(0);
});
