import { expect, test } from 'vitest';
import { aGroup, anAlias, anIdentify, aTrack } from '../../fixtures/events.ts';
import { cleanOne, failOne } from './clean-one.ts';

test.each(['null', ' Undefined ', 'anonymous', '-1', 0, '[object Object]'])(
  'reads the userId %j as missing, and notes it',
  (userId) => {
    const event = cleanOne(anIdentify({ userId, anonymousId: 'a-1' }));

    expect(event).toMatchObject({ userId: undefined, anonymousId: 'a-1', profileKey: 'anonymous:a-1' });
    expect(event.changes).toContainEqual({ path: 'userId', rule: 'drop_blocked_id', from: String(userId).trim() });
  },
);

test('reads an anonymousId and a previousId that are placeholders as missing', () => {
  const event = cleanOne(aTrack({ userId: 'u-1', anonymousId: 'unknown', previousId: 'none' }));

  expect(event).toMatchObject({ anonymousId: undefined, previousId: undefined, profileKey: 'user:u-1' });
  const dropped = event.changes.filter(({ rule }) => rule === 'drop_blocked_id');
  expect(dropped.map(({ path }) => path)).toEqual(['anonymousId', 'previousId']);
});

test('leaves a group whose id looks like a placeholder: it joins no people', () => {
  expect(cleanOne(aGroup({ groupId: 'unknown' }))).toMatchObject({ groupId: 'unknown', changes: [] });
});

test('says that a placeholder stood where an id is missing', () => {
  expect(failOne(aTrack({ userId: 'null' })).detail).toContain('placeholder');
  expect(failOne(aTrack({ userId: '' })).detail).not.toContain('placeholder');
  expect(failOne(anAlias({ previousId: 'null' })).reason).toBe('missing_previous_id');
});
