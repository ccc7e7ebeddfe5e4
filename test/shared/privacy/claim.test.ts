import { expect, test } from 'vitest';
import { openPrivacy } from '../../../schemas/privacy-settings.ts';
import { cleanRecord, spaceRulesOf } from '../../../shared/clean/clean-record.ts';
import { Hearing } from '../../../shared/privacy/decide.ts';
import { anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';

const identity = { externalTraits: ['email'], blockedIds: [] };

test('an event that names an erased id is refused, however many ids it lists before', () => {
  const externalIds = Array.from({ length: 30 }, (_, at) => ({ type: 'crm', id: String(at) }));
  const received = aRecord(anEnvelope([aTrack({ userId: 'bob', context: { externalIds } })]));
  const cleaned = cleanRecord(received);
  const hearing = new Hearing([{ received, cleaned }], { consent: openPrivacy.consent, identity });
  const erased = { requestId: 'r', at: 0, suppress: true };

  const { records } = hearing.judge(new Map([['crm:29', { erased, consent: {} }]]));

  expect(hearing.keys).toContain('crm:29');
  expect(records[0]?.cleaned.items).toMatchObject([{ outcome: { ok: false, failed: { reason: 'erased' } } }]);
});

const spaces = [{ id: 'brand-b', sources: ['b-web'] }];
const apart = { ...identity, spaces };

/** Why each of two messages, the same from two sources, is refused where some keys were erased. */
function refusals(message: object, ...erasedKeys: string[]) {
  const batch = ['b-web', 'web'].map((sourceId) => {
    const received = aRecord(anEnvelope([message as never], { sourceId }));
    return { received, cleaned: cleanRecord(received, spaceRulesOf(apart)) };
  });
  const hearing = new Hearing(batch, { consent: openPrivacy.consent, identity: apart });
  const entry = { erased: { requestId: 'r', at: 0, suppress: true }, consent: {} };
  const { records } = hearing.judge(new Map(erasedKeys.map((key) => [key, entry])));
  return records.map(({ cleaned }) =>
    cleaned.items.map(({ outcome }) => (outcome.ok ? 'stays' : outcome.failed.reason)),
  );
}

test.each([
  ['a user', aTrack({ userId: '42' }), 'user:brand-b/42', 'user:42', 'stays'],
  [
    'an address',
    aTrack({ context: { traits: { email: 'A@x.org' } } }),
    'email:brand-b/a@x.org',
    'email:a@x.org',
    'stays',
  ],
  [
    'a message without ids',
    { type: 'identify', traits: { email: 'a@x.org' } },
    'email:brand-b/a@x.org',
    'email:a@x.org',
    'missing_ids',
  ],
])(
  '%s that was erased in a space is refused there, and not outside; nor the other way',
  (_, message, inside, outside, else_) => {
    expect(refusals(message, inside)).toEqual([['erased'], [else_]]);
    expect(refusals(message, outside)).toEqual([[else_], ['erased']]);
  },
);
