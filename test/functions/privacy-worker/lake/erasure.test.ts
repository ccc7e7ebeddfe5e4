import { afterAll, beforeEach, expect, test } from 'vitest';
import { profileIdOf } from '../../../../shared/profile/new-profile.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { anEnvelope, aRecord, aTrack } from '../../../fixtures/events.ts';
import { aTransition } from '../../../fixtures/transitions.ts';
import { ALakeReach } from './a-lake-reach.ts';
import { aPerson, eraseAll } from './erase-all.ts';

const lake: ALake = await aLake();
beforeEach(() => lake.clear());
afterAll(() => lake[Symbol.asyncDispose]());

const NOW = Date.parse('2026-03-20T00:00:00Z');
const ada = aPerson({
  keys: ['user:ada-canary', 'anonymous:visitor-canary', 'email:ada@canary.org'],
  profileIds: [profileIdOf('user:ada-canary')],
});

const rows = (view: string, columns: string) => lake.rows(`SELECT ${columns} FROM ${view} ORDER BY 1`);

test('takes all rows of a person out of every table, and counts them by table', async () => {
  await lake.land(
    aRecord(
      anEnvelope([
        aTrack({ messageId: 'm-1', userId: 'ada-canary' }),
        aTrack({ messageId: 'm-2', userId: 'bob' }),
        aTrack({ messageId: 'm-3', userId: 'ada-canary', event: '' }),
      ]),
    ),
    aRecord(
      {
        v: 1,
        kind: 'transitions',
        items: [aTransition({ key: 'user:ada-canary' }), aTransition({ key: 'user:bob' })],
      },
      { sequenceNumber: '2'.padStart(56, '0') },
    ),
  );
  const reach = new ALakeReach(lake, NOW);

  const state = await eraseAll(reach, [ada]);

  expect(await rows('events', 'user_id')).toEqual([['bob']]);
  expect(await rows('raw', 'message_id')).toEqual([['m-2']]);
  expect(await rows('failed_events', 'message_id')).toEqual([]);
  expect(await rows('transitions', 'person_key')).toEqual([['user:bob']]);
  expect(state.counts['request-1']).toEqual({
    'raw_landed rows': 2,
    'events_landed rows': 1,
    'failed_events_landed rows': 1,
    'transitions_landed rows': 1,
  });
  for (const [key, text] of await reach.texts()) expect([key, text.includes('canary')]).toEqual([key, false]);
});
