import { expect, test } from 'vitest';
import { EVENT_BYTES, eventsOf } from '../../../../infra/local/cost/sample-events.ts';
import { profileNames, profiles, sampleRequests } from '../../../../infra/local/cost/traffic.ts';

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

test("no two requests of a person follow on each other, and a visit's come in order", () => {
  const requests = sampleRequests(profiles.large, 5_000);
  for (const [index, { person }] of requests.entries()) expect(requests[index + 1]?.person).not.toBe(person);
  for (const mine of Map.groupBy(requests, ({ person }) => person).values()) {
    const places = mine.map(({ visit, part }) => visit * 10 + part);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  }
});

test('nothing in a sample happens after now', () => {
  const times = sampleRequests(profiles.large, 2_000).flatMap((request) =>
    eventsOf(request, now).map((text) => Date.parse(JSON.parse(text).timestamp)),
  );
  expect(Math.max(...times)).toBeLessThanOrEqual(now);
});
