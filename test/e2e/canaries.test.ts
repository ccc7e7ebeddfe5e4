import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { changeProfileItem } from './change-profile-item.ts';
import { eventually } from './eventually.ts';
import { basic, type Headwater, startHeadwater } from './headwater.ts';

/** What people are and do, each a text that stands nowhere else. */
const canaries = {
  userId: 'canary-user-7f3a',
  anonymousId: 'canary-visitor-91bc',
  messageId: 'canary-message-22d0',
  email: 'canary-mail-5e11@example.com',
  name: 'Canary Name 40ff',
  words: 'canary words c0de',
  page: 'canary-page-77aa',
  order: 'canary-order-1b2c',
  event: 'Canary Event 6d6d',
  segment: 'canary-segment-0a0a',
  item: 'canary-item-3c3c',
  key: 'canary-key-8e8e',
  address: '203.0.113.199',
} as const;

let headwater: Headwater;
const printed: string[] = [];

beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    vi.spyOn(stream, 'write').mockImplementation(((chunk: string | Uint8Array, ...rest: []) => {
      printed.push(String(chunk));
      return write(chunk, ...rest);
    }) as typeof stream.write);
  }
  headwater = await startHeadwater();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await headwater?.stop();
});

const { userId, anonymousId, email, words, page, order, item, address } = canaries;
const context = { ip: address, page: { url: `https://shop.example/${page}?q=${words}`, path: `/${page}` } };

test('whatever people send and whatever goes wrong with it, no log and no metric says who they are', async () => {
  const good = [
    { type: 'identify', userId, anonymousId, traits: { email, name: canaries.name }, context },
    { type: 'track', userId, event: canaries.event, messageId: canaries.messageId, properties: { query: words } },
    { type: 'track', userId, event: 'Product Viewed', properties: { product_id: item } },
    { type: 'track', userId, event: 'Order Completed', properties: { order_id: order, total: 1, currency: 'EUR' } },
    { type: 'page', anonymousId, name: page, context },
    { type: 'alias', userId, previousId: anonymousId },
  ];
  const bad = [
    { type: canaries.event, userId, properties: { query: words } },
    { type: 'track', event: canaries.event, traits: { email } },
    { type: 'track', userId, event: canaries.event, timestamp: words, properties: { price: email } },
    { type: 'identify', userId, traits: { email, text: 'x'.repeat(40_000) } },
  ];
  await headwater.post('/v1/batch', { batch: [...good, ...bad], context: { ip: address } });
  await headwater.post('/v1/batch', `{"batch": [{"userId": "${userId}", "traits": {"email": "${email}"`);
  await headwater.post('/v1/track', good[1], { authorization: basic(canaries.key) });
  await fetch(
    `${headwater.url}/v1/pixel/track?data=${Buffer.from(JSON.stringify({ userId, email })).toString('base64')}`,
  );
  await putOnStream(userId, `{"userId":"${userId}","email":"${email}"`);
  await headwater.settled();

  for (const id of [userId, `anonymous:${anonymousId}`, email, `email:${email}`]) {
    const at = `/v1/profiles/${encodeURIComponent(id)}`;
    for (const path of ['', '/events', '/identity', '/transitions', `/events?cursor=${words}`])
      await headwater.get(at + path);
    await headwater.api('PUT', `${at}/consent`, { [words]: true });
    await headwater.api('POST', `${at}/split`, { ids: [email] });
  }
  const condition = { type: 'event', event: canaries.event, where: [{ field: 'query', op: 'equals', value: words }] };
  const definition = { id: canaries.segment, name: canaries.name, condition };
  await headwater.api('POST', '/v1/segments', definition);
  await headwater.api('POST', '/v1/segments/preview', { condition });
  await headwater.api('POST', '/v1/segments/preview', { condition: { ...condition, op: words } });
  await headwater.api('PUT', '/v1/catalog/items', { items: [{ itemId: item, title: canaries.name, price: words }] });
  for (const path of [
    `/v1/recommendations?userId=${userId}`,
    `/v1/recommendations?anonymousId=${anonymousId}&exclude=${item}&category=${words}`,
    `/v1/items/${item}/similar`,
    `/v1/reports/pages?from=${words}`,
    `/v1/reports/search-terms?segment=${canaries.segment}`,
    `/v1/reports/${words}`,
    `/v1/segments/${canaries.segment}/members`,
  ]) {
    await headwater.get(path);
  }
  await fetch(`${headwater.url}/v1/profiles/${userId}`, { headers: { authorization: `Bearer ${canaries.key}` } });

  const segment = async () => (await headwater.api('GET', `/v1/segments/${canaries.segment}`)).body;
  await eventually(async () => ((await segment()) as { status: string }).status === 'live');
  await headwater.settled();
  await damage(`user:${userId}`);
  await headwater.post('/v1/track', { ...good[1], messageId: `${canaries.messageId}-2` });
  await headwater.settled();
  await headwater.get(`/v1/profiles/${userId}`);
  headwater.kill('ProfileUpdater');
  headwater.kill('Collector');
  await headwater.post('/v1/track', { ...good[1], messageId: `${canaries.messageId}-3` });
  await headwater.settled();

  // What a sandbox prints comes by another way than its answer.
  const said = await eventually(async () => {
    const all = { ...logs(), 'what the runtime prints': printed.join('') };
    return Object.values(all).join('').includes('profile_unwritable') && all;
  });
  expect(Object.values(said).join('').length).toBeGreaterThan(2_000);
  for (const [what, text] of Object.entries(said)) {
    for (const [canary, value] of Object.entries(canaries)) {
      for (const form of formsOf(value)) expect(text, `${what} holds ${canary}`).not.toContain(form);
    }
  }
});

/** As it stands, as a URL has it, in base64 and in JSON within JSON. */
const formsOf = (text: string): string[] => [
  ...new Set([
    text,
    encodeURIComponent(text),
    text.replaceAll(' ', '+'),
    ...[0, 1, 2].map((shift) => base64Within(text, shift)),
  ]),
];

/** The part of a text's base64 that does not depend on what stands around it. */
function base64Within(text: string, shift: number): string {
  const encoded = Buffer.from(' '.repeat(shift) + text).toString('base64');
  return encoded.slice(shift === 0 ? 0 : 4, -4);
}

/** Every log of the runtime by its name: of functions, with their metrics, and of the calls between them. */
function logs(): Record<string, string> {
  const folder = join(headwater.dataDir, 'logs');
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(5);
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Makes what is stored of a key unreadable. */
async function damage(key: string): Promise<void> {
  await changeProfileItem(headwater, key, () => ({ state: { B: Buffer.from('damaged').toString('base64') } }));
}

/** Puts bytes on the stream as a producer does that passes by the collector. */
async function putOnStream(PartitionKey: string, text: string): Promise<void> {
  const { gateway, outputs } = headwater.runtime;
  const Data = Buffer.from(text).toString('base64');
  await gateway.invoke('tool', 'kinesis', 'PutRecord', { StreamName: outputs.StreamName, PartitionKey, Data });
}
