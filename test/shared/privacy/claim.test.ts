import { expect, test } from 'vitest';
import { openPrivacy } from '../../../schemas/privacy-settings.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
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
