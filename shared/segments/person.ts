import type { Profile } from '../../schemas/profile.ts';
import type { Key } from '../../schemas/stream/control.ts';
import type { Tracks } from './tracks.ts';

/** One person as segments see them: everything merged from the parts of their keys. */
export interface Person {
  /** Home key. */
  readonly key: Key;
  readonly profile: Profile;
  readonly tracks: Tracks;
}
