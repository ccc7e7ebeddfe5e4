import { expect, test } from 'vitest';
import { differences, withoutSince } from '../../../../infra/local/restore-drill/holdings.ts';

const held = (since: string, segment = 'active') =>
  new Map([
    ['profile ada', JSON.stringify({ segments: [{ id: segment, since }], traits: { city: 'Leeds' } })],
    ['members of active', JSON.stringify([JSON.stringify({ profileId: 'p_1', since })])],
  ]);

test('a membership may have begun at another moment, and must be there', () => {
  const before = withoutSince(held('2026-11-20T08:00:00.000Z'));

  expect(differences(before, withoutSince(held('2026-11-20T09:00:00.000Z')))).toEqual([]);
  expect(differences(before, withoutSince(held('2026-11-20T08:00:00.000Z', 'new')))).toHaveLength(1);
});
