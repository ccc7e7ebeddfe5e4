/**
 * A flat array of JSON values under construction. One flat array is read several times as fast as nested ones or objects,
 * and what users send is never a property name in it.
 */
export class CellWriter {
  readonly cells: unknown[] = [];
  readonly #epoch: number;

  /** Times are written as their distance from `epoch`. */
  constructor(epoch: number) {
    this.#epoch = epoch;
  }

  add(...values: readonly unknown[]): void {
    for (const value of values) this.cells.push(value);
  }

  /** A time at or after the epoch, or 0 for none. */
  time(time: number): void {
    this.cells.push(time === 0 ? 0 : time - this.#epoch + 1);
  }

  /** Any time. */
  moment(time: number): void {
    this.cells.push(time - this.#epoch);
  }

  /** Any time, or 0 for none. */
  momentOrNone(time: number): void {
    this.cells.push(time === 0 ? null : time - this.#epoch);
  }

  /** Size, then each key followed by what `add` writes of its value. */
  map<V>(map: ReadonlyMap<string, V>, add: (value: V) => void): void {
    this.cells.push(map.size);
    for (const [key, value] of map) {
      this.cells.push(key);
      add(value);
    }
  }

  /** Length, then what `add` writes of each element. */
  list<V>(list: readonly V[], add: (value: V) => void): void {
    this.cells.push(list.length);
    for (const value of list) add(value);
  }
}

/** Reads what a `CellWriter` wrote, in the same order. */
export class CellReader {
  readonly #cells: readonly unknown[];
  #epoch = 0;
  #at = 0;

  constructor(cells: readonly unknown[]) {
    this.#cells = cells;
  }

  set epoch(epoch: number) {
    this.#epoch = epoch;
  }

  value(): unknown {
    return this.#cells[this.#at++];
  }

  number(): number {
    const value = this.#cells[this.#at++];
    if (typeof value !== 'number') throw new CellError(this.#at - 1, 'a number', value);
    return value;
  }

  text(): string {
    const value = this.#cells[this.#at++];
    if (typeof value !== 'string') throw new CellError(this.#at - 1, 'a text', value);
    return value;
  }

  time(): number {
    const distance = this.number();
    return distance === 0 ? 0 : distance + this.#epoch - 1;
  }

  moment(): number {
    return this.number() + this.#epoch;
  }

  momentOrNone(): number {
    if (this.peek() !== null) return this.moment();
    this.#at += 1;
    return 0;
  }

  /** The next cell, which stays the next. */
  peek(): unknown {
    return this.#cells[this.#at];
  }

  get isAtEnd(): boolean {
    return this.#at === this.#cells.length;
  }

  map<V>(read: () => V): Map<string, V> {
    const map = new Map<string, V>();
    for (let left = this.number(); left > 0; left -= 1) map.set(this.text(), read());
    return map;
  }

  list<V>(read: () => V): V[] {
    const list: V[] = [];
    for (let left = this.number(); left > 0; left -= 1) list.push(read());
    return list;
  }

  /** Throws if something is left: then it was not what this reader takes it for. */
  end(): void {
    if (this.#at !== this.#cells.length) throw new CellError(this.#at, 'the end', this.#cells[this.#at]);
  }
}

/** Cells are not what they should be. The value is left out, it may be personal. */
export class CellError extends Error {
  override readonly name = 'CellError';

  constructor(at: number, expected: string, found: unknown) {
    super(`Cell ${at} should be ${expected}, found ${found === undefined ? 'nothing' : typeof found}.`);
  }
}
