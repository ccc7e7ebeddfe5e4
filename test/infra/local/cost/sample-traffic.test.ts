import { expect, test } from 'vitest';
import { EVENT_BYTES, eventsOf } from '../../../../infra/local/cost/sample-events.ts';
import { profileNames, profiles, REQUEST_GAP_SECONDS, sampleRequests } from '../../../../infra/local/cost/traffic.ts';

const now = Date.UTC(2026, 7, 31);

test.each(profileNames)(
  'a %s sample has the events that are asked for, each of 1 KB and with an id of its own',
  (name) => {
    const texts = sampleRequests(profiles[name], 5_000).flatMap((request) => eventsOf(request, now));
    const ids = new Set(texts.map((text) => JSON.parse(text).messageId));
    expect(texts).toHaveLength(5_000);
    expect(ids.size).toBe(5_000);
    expect(new Set(texts.map((text) => Buffer.byteLength(text)))).toEqual(new Set([EVENT_BYTES]));
  },
);

test("a visit's requests come in order, and visits one after the other", () => {
  const requests = sampleRequests(profiles.large, 5_000);
  for (const mine of Map.groupBy(requests, ({ person }) => person).values()) {
    const places = mine.map(({ visit, part }) => visit * 10 + part);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  }
  for (const visit of Map.groupBy(requests, ({ person, visit }) => `${person} ${visit}`).values()) {
    for (const { second, part } of visit) {
      expect(second - (visit[0]?.second ?? 0)).toBeCloseTo(part * REQUEST_GAP_SECONDS, 6);
    }
  }
});

test('requests come as densely as in the month', () => {
  const { medium } = profiles;
  const first = sampleRequests(medium, 60_000).filter(({ visit }) => visit === 0);
  const seconds = first.length / (medium.events / medium.eventsPerRequest / (730 * 3600));
  expect(first.at(-1)?.second).toBeGreaterThan(0.9 * seconds);
  expect(first.at(-1)?.second).toBeLessThan(1.1 * seconds + 2 * REQUEST_GAP_SECONDS);
});

test('nothing in a sample happens after now', () => {
  const times = sampleRequests(profiles.large, 2_000).flatMap((request) =>
    eventsOf(request, now).map((text) => Date.parse(JSON.parse(text).timestamp)),
  );
  expect(Math.max(...times)).toBeLessThanOrEqual(now);
});
