import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blockedIds } from '../../../schemas/event/blocked-ids.ts';
import { MAX_ID_LENGTH } from '../../../schemas/event/vocabulary.ts';
import { idTextOf } from '../../../shared/clean/id-text.ts';
import { aTrack } from '../../fixtures/events.ts';
import { cleanOne } from './clean-one.ts';

const values = fc.oneof(
  fc.string({ unit: 'binary', maxLength: MAX_ID_LENGTH }),
  fc.constantFrom(...blockedIds),
  fc.double(),
  fc.integer(),
  fc.constantFrom(2 ** 53, -(2 ** 60), 1e300, '\ud800', ' a\0b '),
  fc.jsonValue(),
);

test('what whoever looks into a message as it was received takes for its id is what cleaning makes of it', () => {
  fc.assert(
    fc.property(values, (value) => {
      const id = idTextOf(value);
      fc.pre(id === undefined || id.length <= MAX_ID_LENGTH);
      const message = aTrack({ userId: id === undefined ? 'known' : value, anonymousId: value, previousId: value });
      const isRefused = id === undefined && value !== null && value !== '' && typeof value !== 'string';
      if (isRefused) return;

      expect(cleanOne(message)).toMatchObject({ userId: id ?? 'known', anonymousId: id, previousId: id });
    }),
    { numRuns: 2_000 },
  );
});
