import { expect, test } from 'vitest';
import { findNamed } from '../../../functions/adapters/person.ts';
import { cleanRecord, spaceRulesOf } from '../../../shared/clean/clean-record.ts';
import { spacesOf } from '../../../shared/identity/spaces.ts';
import { anotherTry } from '../../../shared/replay/another-try.ts';
import { ARRIVAL, anEnvelope, anIdentify, aRecord, aTrack } from '../../fixtures/events.ts';
import { World } from '../../functions/profile-updater/world.ts';

const settings = { spaces: [{ id: 'brand-b', sources: ['b-web'] }] };
const rules = spaceRulesOf(settings);

const cleaned = (message: object, sourceId: string) =>
  cleanRecord(aRecord(anEnvelope([message as never], { sourceId })), rules).items[0];

test.each([
  ['a text', '42', 'brand-b/42'],
  ['with spaces around it', ' 42 ', 'brand-b/42'],
  ['a number', 42, 'brand-b/42'],
  ['that cannot be stored', '4\0', 'brand-b/4\ufffd'],
  ['that is there already', 'brand-b/42', 'brand-b/42'],
  ['of another space', 'brand-c/42', 'brand-b/brand-c/42'],
])('an id %s stands behind the name of its space, in raw as in events', (_, userId, expected) => {
  const item = cleaned(aTrack({ userId, anonymousId: userId }), 'b-web');
  expect(item?.outcome).toMatchObject({
    event: { userId: expected, anonymousId: expected, profileKey: `user:${expected}` },
  });
  expect(item?.message).toMatchObject({ userId: expected });
});

test.each([
  ['a placeholder', 'null', 'missing_ids'],
  ['an empty text', ' ', 'missing_ids'],
  ['a number that has lost digits', 2 ** 60, 'wrong_type'],
  ['an object', {}, 'wrong_type'],
  ['a text that is too long', 'x'.repeat(250), 'id_too_long'],
])('%s is no id in a space either', (_, userId, reason) => {
  expect(cleaned(aTrack({ userId }), 'b-web')?.outcome).toMatchObject({ failed: { reason } });
});

test('traits keep their values, and sources of no space their ids', () => {
  const traits = { email: 'ada@example.com' };
  expect(cleaned(anIdentify({ traits }), 'b-web')?.outcome).toMatchObject({ event: { traits } });
  expect(cleaned(aTrack({ userId: 'a/b' }), 'web')?.outcome).toMatchObject({ event: { userId: 'a/b' } });
});

test.each(['userId', 'anonymousId', 'groupId', 'previousId'])(
  '%s that names a space is refused from outside',
  (field) => {
    const message = { ...aTrack({ userId: '1' }), type: 'alias', previousId: '2', [field]: 'brand-b/42' };
    expect(cleaned(message, 'web')?.outcome).toMatchObject({
      failed: { reason: 'foreign_space', path: `events.0.${field}` },
    });
    expect(cleaned(message, 'api')?.outcome).toMatchObject({ ok: false });
    expect(cleaned(message, 'api:brand-b')?.outcome).toMatchObject({ ok: true });
    expect(cleaned(message, 'api:brand-c')?.outcome).toMatchObject({ ok: false });
  },
);

const failedRow = (sourceId: string, userId: string) => ({
  sourceId,
  receivedAt: ARRIVAL,
  sentAt: undefined,
  ip: undefined,
  userAgent: undefined,
  shardId: 'shard',
  sequenceNumber: '1',
  index: 0,
  payload: JSON.stringify(aTrack({ userId })),
  messageId: 'm-1',
  payloadEncoding: 'json' as const,
  reason: 'missing_event_name',
  isKnown: false,
});

test('a failed event comes again into its own space, and into no other', () => {
  expect(anotherTry(failedRow('b-web', 'brand-b/42'), 'r', rules)).toMatchObject({ passes: true });
  expect(anotherTry(failedRow('web', 'brand-b/42'), 'r', rules)).toEqual({ passes: false, reason: 'foreign_space' });
  const again = anotherTry(failedRow('b-web', 'brand-b/42'), 'r', rules);
  const record = aRecord(JSON.stringify(again.passes && again.envelope));
  expect(cleanRecord(record, rules).items[0]?.outcome).toMatchObject({ event: { userId: 'brand-b/42' } });
});

test('a record that could not be read comes again into its space', () => {
  const payload = JSON.stringify(anEnvelope([aTrack({ userId: '42' })], { sourceId: 'b-web' }));
  const row = { ...failedRow('stream', ''), payload, reason: 'record_unreadable', payloadEncoding: 'text' as const };
  expect(anotherTry(row, 'r', rules)).toMatchObject({ passes: true, profileKey: 'user:brand-b/42' });
});

test('of a person who has joined with somebody outside nothing is shown', async () => {
  const world = new World();
  world.send(
    anIdentify({ userId: 'u-9', anonymousId: 'brand-b/x' }),
    anIdentify({ userId: 'brand-b/1', anonymousId: 'y' }),
  );
  await world.drain();
  const found = (id: string, space?: string) => findNamed(world.store, id, space);
  expect(await found('anonymous:brand-b/x')).toMatchObject({ home: 'user:u-9' });
  expect(await found('anonymous:x', 'brand-b')).toBeUndefined();
  expect(await found('1', 'brand-b')).toBeUndefined();
});

test('a stage without spaces has none', () => {
  expect(spaceRulesOf({})).toEqual({ fields: [] });
  expect(spacesOf({ spaces: [] }).ofId('brand-b/42')).toBeUndefined();
});
