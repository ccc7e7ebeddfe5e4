import type { ItemIndex } from '../model.ts';
import type { HistoryItem } from '../score.ts';

/** A row of `training_interactions`. */
export interface HistoryRow {
  readonly person: number;
  readonly item: ItemIndex;
  readonly weight: number;
  readonly isHeld: boolean;
  /** How many items of what is kept are later. */
  readonly keptPlace: number;
  /** Turn of the person in the validation split, from 1. */
  readonly sample: number;
}

/** A person from whom something was held back. */
export interface ValidatedPerson {
  /** What was kept, the latest first. */
  readonly history: readonly HistoryItem[];
  readonly held: ReadonlySet<ItemIndex>;
}

/** Histories in memory, from rows in any order: 8 bytes a row, and those of validated people whole. */
export class EaseHistories {
  readonly #validated: number;
  readonly #people = new Map<number, { rows: HistoryRow[]; held: Set<ItemIndex> }>();
  #persons = new Uint32Array(1024);
  #items = new Uint32Array(1024);
  #count = 0;

  /** @param validated how many people of the sample have something held back; 0 for nobody. */
  constructor(validated: number) {
    this.#validated = validated;
  }

  add(row: HistoryRow): void {
    if (row.sample <= this.#validated) {
      const person = this.#people.get(row.person) ?? { rows: [], held: new Set() };
      this.#people.set(row.person, person);
      if (row.isHeld) person.held.add(row.item);
      else person.rows.push(row);
      if (row.isHeld) return;
    }
    if (this.#count === this.#items.length) {
      this.#persons = grown(this.#persons);
      this.#items = grown(this.#items);
    }
    this.#persons[this.#count] = row.person;
    this.#items[this.#count++] = row.item;
  }

  /** Items of each person, but what is held back. */
  *histories(): Generator<Uint32Array> {
    const persons = this.#persons.subarray(0, this.#count);
    const starts = new Uint32Array(persons.reduce((most, person) => Math.max(most, person), 0) + 2);
    for (const person of persons) starts[person + 1] = (starts[person + 1] as number) + 1;
    for (let person = 1; person < starts.length; person++) {
      starts[person] = (starts[person] as number) + (starts[person - 1] as number);
    }
    const next = starts.slice();
    const items = new Uint32Array(this.#count);
    for (const [at, person] of persons.entries()) {
      const place = next[person] as number;
      next[person] = place + 1;
      items[place] = this.#items[at] as number;
    }
    for (let person = 0; person + 1 < starts.length; person++) {
      yield items.subarray(starts[person] as number, starts[person + 1] as number);
    }
  }

  /** By item, how many people have it. */
  peopleOf(items: number): Uint32Array {
    const counts = new Uint32Array(items);
    for (const item of this.#items.subarray(0, this.#count)) counts[item] = (counts[item] as number) + 1;
    return counts;
  }

  validated(): ValidatedPerson[] {
    return [...this.#people.values()].map(({ rows, held }) => ({
      held,
      history: rows.sort((one, other) => one.keptPlace - other.keptPlace).map(({ item, weight }) => ({ item, weight })),
    }));
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
