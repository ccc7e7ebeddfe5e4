import { decodeProfile, encodeProfile } from '../../shared/profile/state.ts';
import { changeProfileItem } from './change-profile-item.ts';
import type { Headwater } from './headwater.ts';

/** Spoils what is stored of a key's events, as a fold with a fault would have. */
export async function spoilProfile(headwater: Headwater, key: string): Promise<void> {
  await changeProfileItem(headwater, key, (item) => {
    const bytes = (name: string) => Buffer.from(item[name]?.B ?? '', 'base64');
    const folded = decodeProfile({ format: Number(item.format?.N), state: bytes('state'), ids: bytes('ids') });
    if (folded.profile === undefined) throw new Error(`There are no events of ${key}.`);
    folded.profile.eventCount += 100;
    folded.profile.orders.count = 0;
    folded.profile.orders.known.clear();
    folded.profile.traits.clear();
    folded.profile.counters.clear();
    folded.tracks.clear();
    const { format, state, ids } = encodeProfile(folded);
    return {
      format: { N: String(format) },
      state: { B: Buffer.from(state).toString('base64') },
      ids: { B: Buffer.from(ids).toString('base64') },
    };
  });
}
