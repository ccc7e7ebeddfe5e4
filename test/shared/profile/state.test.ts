import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newLedger } from '../../../shared/profile/ledger.ts';
import { decodeProfile, encodeProfile, StateError } from '../../../shared/profile/state.ts';
import { aCleanEvent } from '../../fixtures/events.ts';
import { aProfile } from '../../fixtures/profiles.ts';
import { someEvents } from './arbitraries.ts';

describe('the stored state', () => {
  it('is read back as it was', () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        fc.pre(events.length > 0);
        const profile = aProfile(events);
        const ledger = {
          positions: [{ shardId: 'shardId-000000000000', sequenceNumber: '4959', index: 3 }],
          ids: new Uint8Array([1, 2, 3]),
          pages: [{ number: 1, newestHour: 7 }],
          nextPage: 2,
        };
        expect(decodeProfile(encodeProfile({ profile, ledger }))).toEqual({ profile, ledger });
      }),
    );
  });

  it('gives no object a new prototype', () => {
    const traits = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": "x"}');
    const profile = aProfile([aCleanEvent({ type: 'identify', event: 'Identify', traits })]);
    const read = decodeProfile(encodeProfile({ profile, ledger: newLedger() })).profile;
    expect(read.traits.get('__proto__')?.value).toEqual({ isAdmin: true });
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
  });

  it('is refused when it is damaged, and told apart from one of a newer version', () => {
    const encoded = encodeProfile({ profile: aProfile(), ledger: newLedger() });
    const read = (over: object) => {
      try {
        return decodeProfile({ ...encoded, ...over });
      } catch (error) {
        return error;
      }
    };
    expect(read({ state: encoded.state.slice(3) })).toMatchObject({ name: 'StateError', isNewer: false });
    expect(read({ state: new Uint8Array() })).toBeInstanceOf(StateError);
    expect(read({ format: 2 })).toMatchObject({ name: 'StateError', isNewer: true });
    expect(read({ format: 0 })).toMatchObject({ name: 'StateError', isNewer: false });
  });
});
