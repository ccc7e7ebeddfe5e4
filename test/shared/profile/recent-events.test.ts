import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageTypes } from '../../../schemas/event/vocabulary.ts';
import { applyRecent, readRecent } from '../../../shared/profile/recent-events.ts';
import { ARRIVAL, aCleanEvent } from '../../fixtures/events.ts';

describe('a recent event', () => {
  it('keeps its message id and type, whatever the id looks like', () => {
    const ids = fc.oneof(
      fc.uuid(),
      fc.uuid().map((id) => id.toUpperCase()),
      fc.string({ minLength: 1, maxLength: 100 }),
      fc.string({ maxLength: 40 }).map((id) => `~${id}`),
      fc.string({ maxLength: 40 }).map((id) => `!${id}`),
    );
    fc.assert(
      fc.property(ids, fc.constantFrom(...messageTypes), (messageId, type) => {
        const lines: string[] = [];
        applyRecent(lines, aCleanEvent({ messageId, type, eventTime: ARRIVAL }));
        expect(lines.map(readRecent)).toMatchObject([{ messageId, type, time: ARRIVAL }]);
      }),
    );
  });
});
