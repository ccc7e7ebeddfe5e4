import { expect, test } from 'vitest';
import { waveOf } from '../../../../infra/local/torture/wave.ts';

const startedAt = Date.UTC(2026, 10, 1, 12);
const settings = { seed: 'a', index: 0, events: 5_000, lanes: 4, startedAt };
const wave = waveOf(settings);
const sent = wave.lanes.flat().flatMap(({ messages }) => messages);

test('the same seed makes the same wave, and every wave has people of its own', () => {
  expect(waveOf(settings)).toEqual(wave);
  const ids = new Set(wave.messages.map(({ id }) => id));
  expect(waveOf({ ...settings, index: 1 }).messages.some(({ id }) => ids.has(id))).toBe(false);
});

test('each message has an id of its own, and at least one copy is sent', () => {
  expect(wave.messages.length).toBe(5_000);
  expect(new Set(wave.messages.map(({ id }) => id)).size).toBe(5_000);
  expect(new Set(sent.map(({ id }) => id))).toEqual(new Set(wave.messages.map(({ id }) => id)));
});

test('a fifth is sent twice, a tenth out of order, a hundredth is poison', () => {
  expect(sent.length).toBe(5_000 + wave.duplicates);
  expect(wave.duplicates / 5_000).toBeCloseTo(0.2, 1);
  expect(wave.outOfOrder / 5_000).toBeCloseTo(0.1, 1);
  expect(wave.poison).toBe(wave.messages.filter(({ fails }) => fails !== undefined).length);
  expect(wave.poison / 5_000).toBeCloseTo(0.01, 2);
});

test('every life occurs: logins, aliases, e-mail addresses, orders, refunds, cancellations, trials', () => {
  const kinds = new Set(
    wave.messages.map(({ body }) => (body.type === 'track' ? String(body.event) : String(body.type))),
  );
  for (const kind of ['identify', 'alias', 'page', 'Product Viewed', 'Trial Started']) expect(kinds).toContain(kind);
  for (const kind of ['Completed', 'Refunded', 'Cancelled']) expect(kinds).toContain(`Order ${kind}`);
});

test('everything but trials lies so far back that no window closes meanwhile', () => {
  const times = wave.messages
    .filter(({ fails }) => fails === undefined)
    .map(({ body }) => Date.parse(`${body.timestamp}`));
  const days = times.map((time) => (startedAt - time) / 86_400_000);
  expect(Math.min(...days)).toBeGreaterThan(8);
  expect(Math.max(...days)).toBeLessThan(29);
});

test('a request that begins a trial does not say when it was sent', () => {
  const trials = wave.lanes.flat().filter(({ messages }) => messages.some(({ isTrial }) => isTrial));
  expect(trials.length).toBeGreaterThan(0);
  expect(trials.some(({ saysWhen }) => saysWhen)).toBe(false);
});
