import { describe, expect, it } from 'vitest';
import { WarmProfiles } from '../../../functions/profile-updater/warm-profiles.ts';
import { newFoldedProfile } from '../../../shared/profile/folded-profile.ts';
import { decodeProfile, encodeProfile } from '../../../shared/profile/state.ts';
import { aProfile } from '../../fixtures/profiles.ts';

const profile = aProfile();
const folded = { ...newFoldedProfile(), profile };
const encoded = encodeProfile(folded);

describe('a profile kept warm', () => {
  it('is given out once: whoever takes it may change it', () => {
    const warm = new WarmProfiles();
    warm.keep('a', encoded, 1, folded);
    expect(warm.take('a', structuredClone(encoded))).toBe(folded);
    expect(warm.take('a', encoded)).not.toBe(folded);
    expect(warm.take('a', encoded)).toEqual(folded);
  });

  it('is looked at any number of times, also when it was only read before', () => {
    const warm = new WarmProfiles();
    const read = warm.peek('a', encoded);
    expect(read).toEqual(folded);
    expect(warm.peek('a', structuredClone(encoded))).toBe(read);
    expect(warm.take('a', encoded)).toBe(read);
  });

  it('is read anew when anything else is stored', () => {
    const other = encodeProfile({ ...folded, profile: { ...profile, eventCount: 7 } });
    for (const stored of [other, { ...encoded, ids: new Uint8Array(12) }]) {
      const warm = new WarmProfiles();
      warm.keep('a', encoded, 1, folded);
      expect(warm.take('a', stored)).toEqual(decodeProfile(stored));
    }
  });

  it('makes room for later ones, the longest unwritten first', () => {
    const warm = new WarmProfiles();
    for (const id of ['a', 'b', 'a', 'c']) warm.keep(id, encoded, 7_000_000, folded);
    const isKept = (id: string) => warm.take(id, encoded) === folded;
    expect(['a', 'b', 'c'].filter(isKept)).toEqual(['a', 'c']);
  });
});
