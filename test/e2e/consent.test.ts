import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PrivacySettings } from '../../schemas/privacy-settings.ts';
import { eventually } from './eventually.ts';
import { type Headwater, startHeadwater } from './headwater.ts';

const privacy: PrivacySettings = {
  consent: {
    defaults: { analytics: true, personalisation: true, marketing: true },
    regions: [
      { countries: ['DE'], defaults: { analytics: false } },
      { countries: ['FR'], defaults: { personalisation: false, marketing: false } },
    ],
    countryHeader: 'cloudfront-viewer-country',
    doNotTrack: 'deny',
  },
  fields: [
    { path: 'traits.email', action: 'hash' },
    { path: 'properties.note', action: 'drop' },
  ],
};
/** Must be found nowhere. */
const CANARY = 'canary-5c1e';
const hash = `sha256:${createHash('sha256').update(`${CANARY}@shop.example`).digest('hex')}`;

let headwater: Headwater;
let made = 0;

beforeAll(async () => {
  headwater = await startHeadwater(undefined, { variables: { PRIVACY_SETTINGS: JSON.stringify(privacy) } });
});
afterAll(() => headwater?.stop());

async function send(messages: readonly object[], headers: Record<string, string> = {}): Promise<void> {
  const timestamp = new Date().toISOString();
  const batch = messages.map((message) => {
    made += 1;
    return { messageId: `consent-${made}`, type: 'track', event: 'Product Viewed', timestamp, ...message };
  });
  expect((await headwater.post('/v1/batch', { batch, sentAt: timestamp }, headers)).status).toBe(200);
}
const view = (userId: string, product_id: string, more: object = {}) => ({
  userId,
  properties: { product_id },
  ...more,
});
const saying = (preferences: Record<string, boolean>) => ({
  context: { consent: { categoryPreferences: preferences } },
});
const put = async (id: string, choices: object) =>
  expect(await headwater.api('PUT', `/v1/profiles/${id}/consent`, choices)).toMatchObject({ status: 202 });
const viewedBy = async (userId: string) => {
  const rows = await headwater.query(
    `SELECT product_id FROM events WHERE user_id = '${userId}' AND product_id IS NOT NULL`,
  );
  return rows.map(({ product_id }) => product_id).sort();
};

test('consent decides what is stored, and every choice is known', async () => {
  await send([view('dana', CANARY)], { dnt: '1' });
  await send([view('gpc', CANARY)], { 'sec-gpc': '1' });
  await send([view('dana', 'chosen', saying({ analytics: true }))], { dnt: '1' });
  await send([view('uwe', 'beside'), view('uwe', 'chosen', saying({ analytics: true }))], {
    'cloudfront-viewer-country': 'DE',
  });
  await send([view('fleur', 'tent')], { 'cloudfront-viewer-country': 'FR' });
  await send([view('ada', 'before'), view('bea', 'before')]);
  await headwater.settled();

  // By an event of the SDK, and by the API.
  await send([view('ada', CANARY, saying({ analytics: false, marketing: false }))]);
  await put('bea', { analytics: false, personalisation: true });
  await headwater.settled();
  await send([view('ada', CANARY), view('bea', CANARY), { type: 'page', userId: 'ada', event: 7, name: CANARY }]);
  await headwater.settled();
  await put('ada', { analytics: true });
  await send([view('bea', 'again', saying({ analytics: true }))]);
  await headwater.settled();
  await send([view('ada', 'again'), view('bea', 'after')]);
  await headwater.settled();

  expect(await headwater.profile('ada')).toMatchObject({ consent: { analytics: true, marketing: false } });
  expect(await headwater.profile('bea')).toMatchObject({ consent: { analytics: true, personalisation: true } });
  expect(await headwater.profile('fleur')).toMatchObject({ consent: { personalisation: false, marketing: false } });
  expect(await headwater.profile('gpc')).toBeUndefined();
  const recommended = await headwater.api('GET', '/v1/recommendations?userId=fleur');
  expect(recommended).toMatchObject({ status: 200, body: { items: [] } });
  await eventually(async () => (await viewedBy('bea')).length === 3);
  expect(await viewedBy('ada')).toEqual(['again', 'before']);
  expect(await viewedBy('bea')).toEqual(['after', 'again', 'before']);
  expect(await viewedBy('dana')).toEqual(['chosen']);
  // In one request, what is chosen holds for all of it.
  expect(await viewedBy('uwe')).toEqual(['beside', 'chosen']);
});

test('what a rule hashes or drops is nowhere in clear, whoever wrote it', async () => {
  const traits = { email: ` ${CANARY}@Shop.example`, plan: 'pro' };
  await send([
    { type: 'identify', userId: 'hal', traits },
    { ...view('hal', 'tent'), properties: { note: CANARY, product_id: 'tent' } },
  ]);
  await send([{ type: 'nothing', traits }]);
  const direct = JSON.stringify({ type: 'identify', userId: 'ida', messageId: 'direct-1', traits });
  await headwater.runtime.gateway.invoke('tool', 'kinesis', 'PutRecord', {
    StreamName: headwater.runtime.outputs.StreamName,
    PartitionKey: 'ida',
    Data: Buffer.from(direct).toString('base64'),
  });
  await headwater.settled();
  for (const id of ['hal', 'ida'])
    expect(await headwater.profile(id)).toMatchObject({ traits: { email: hash, plan: 'pro' } });
  await eventually(async () => (await headwater.query(`SELECT 1 FROM events WHERE user_id = 'ida'`)).length === 1);
});

test('reasons say why, rows say nothing else, and no store holds what was refused', async () => {
  const [refused] = await headwater.query(
    `SELECT count(*) AS n, count(payload) AS payloads, count(message_id) AS ids FROM failed_events WHERE reason = 'no_consent'`,
  );
  expect(Number(refused?.n)).toBeGreaterThanOrEqual(5);
  expect(refused).toMatchObject({ payloads: '0', ids: '0' });
  for (const table of ['raw', 'events', 'failed_events', 'profiles']) {
    const found = await headwater.query(`SELECT * FROM ${table}`);
    expect(found.length, table).toBeGreaterThan(table === 'profiles' ? -1 : 0);
    expect(JSON.stringify(found).toLowerCase(), table).not.toContain(CANARY);
  }
  for (const id of ['ada', 'bea', 'dana', 'uwe', 'fleur', 'hal', 'ida']) {
    const events = await headwater.api('GET', `/v1/profiles/${id}/events`);
    expect(JSON.stringify([await headwater.profile(id), events]), id).not.toContain(CANARY);
  }
  // Whatever lies in the folders in clear, the keys of objects with it.
  for (const name of readdirSync(join(headwater.dataDir, 's3'), { recursive: true, encoding: 'utf8' })) {
    expect(name).not.toContain(CANARY);
    if (name.endsWith('.json')) expect(readFileSync(join(headwater.dataDir, 's3', name), 'utf8')).not.toContain(CANARY);
  }
});
