import type { Key } from '../../../schemas/stream/control.ts';
import { type Spaces, spacesOf } from '../../identity/spaces.ts';

/** A person by all keys and opaque ids that it had. */
export interface SoughtPerson {
  readonly requestId: string;
  readonly keys: readonly Key[];
  readonly profileIds: readonly string[];
}

/** Ids of requests, each once. */
export type Requests = readonly string[];

const nobody: Requests = [];

/** Several people, found by any of their keys or opaque ids: each is known by the request that seeks it. */
export class People {
  readonly #byKey = new Map<Key, Requests>();
  readonly #byProfile = new Map<string, Requests>();
  readonly spaces: Spaces;

  /** `rules` say which of them are of spaces. */
  constructor(people: readonly SoughtPerson[], rules: Parameters<typeof spacesOf>[0]) {
    this.spaces = spacesOf(rules);
    for (const { requestId, keys, profileIds } of people) {
      for (const key of keys) add(this.#byKey, key, requestId);
      for (const id of profileIds) add(this.#byProfile, id, requestId);
    }
  }

  get keys(): Iterable<Key> {
    return this.#byKey.keys();
  }

  get profileIds(): Iterable<string> {
    return this.#byProfile.keys();
  }

  ofKeys(...keys: readonly (Key | undefined)[]): Requests {
    let found = nobody;
    for (const key of keys) if (key !== undefined) found = union(found, this.#byKey.get(key));
    return found;
  }

  ofProfile(id: string | undefined): Requests {
    return (id !== undefined && this.#byProfile.get(id)) || nobody;
  }
}

export const union = (one: Requests, other: Requests = nobody): Requests => {
  if (other.length === 0) return one;
  return one.length === 0 ? other : [...new Set([...one, ...other])];
};

function add(map: Map<string, Requests>, key: string, requestId: string): void {
  map.set(key, union(map.get(key) ?? nobody, [requestId]));
}
