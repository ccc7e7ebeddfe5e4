import type { RowTrace } from './judged-file.ts';
import type { Requests } from './people.ts';
import { union } from './people.ts';
import type { Traces } from './row-people.ts';

/**
 * What is kept of rows that are about to go until all of an erasure is done: hashes and days, nothing of a person. By them
 * rows of other tables are found that tell of these, though these are gone.
 */
export interface Note {
  /** Days of the rows, YYYY-MM-DD. */
  readonly days: readonly string[];
  /** By request, then by relation: ids of rows. */
  readonly ids: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** By request: places on the stream. */
  readonly places: Readonly<Record<string, readonly string[]>>;
}

/** A note in the making. */
export class NoteBuilder {
  readonly #days = new Set<string>();
  readonly #ids = new Map<string, Map<string, string[]>>();
  readonly #places = new Map<string, string[]>();

  add(relation: string, day: string | undefined, traces: readonly RowTrace[]): void {
    if (day !== undefined) this.#days.add(day);
    for (const { requests, id, place } of traces) {
      for (const request of requests) {
        const ids = at(this.#ids, request, () => new Map<string, string[]>());
        at(ids, relation, () => []).push(id);
        at(this.#places, request, () => []).push(place);
      }
    }
  }

  note(): Note {
    const ids = [...this.#ids].map(([request, byRelation]) => [request, Object.fromEntries(byRelation)]);
    return { days: [...this.#days].sort(), ids: Object.fromEntries(ids), places: Object.fromEntries(this.#places) };
  }
}

function at<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

/** What all notes of an erasure tell. */
export class NotedTraces implements Traces {
  readonly days = new Set<string>();
  readonly #ids = new Map<string, Requests>();
  readonly #places = new Map<string, Requests>();

  add({ days, ids, places }: Note): void {
    for (const day of days) this.days.add(day);
    for (const [request, byRelation] of Object.entries(ids)) {
      for (const [relation, list] of Object.entries(byRelation)) {
        for (const id of list) put(this.#ids, `${relation} ${id}`, request);
      }
    }
    for (const [request, list] of Object.entries(places)) {
      for (const place of list) put(this.#places, place, request);
    }
  }

  ofId(relation: string, id: string): Requests {
    return this.#ids.get(`${relation} ${id}`) ?? [];
  }

  ofPlace(id: string): Requests {
    return this.#places.get(id) ?? [];
  }
}

const put = (map: Map<string, Requests>, key: string, request: string): void => {
  map.set(key, union(map.get(key) ?? [], [request]));
};
