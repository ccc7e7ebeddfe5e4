/** Rows by id, in typed arrays: about 24 bytes a row, and no limit but memory. Ids are 20 hexadecimal digits. */
export class IdTable {
  #high = new Uint32Array(1024);
  #middle = new Uint32Array(1024);
  #low = new Uint16Array(1024);
  /** Slots of the hash table: number of an id plus 1, or 0. */
  #slots = new Int32Array(4096);
  #size = 0;

  /** Number of ids. They are numbered from 0 in the order in which they came. */
  get size(): number {
    return this.#size;
  }

  /** The number of an id, or -1. */
  find(id: string): number {
    return this.#look(high(id), middle(id), low(id)).found;
  }

  /** The number of an id, which is `size` before the call when the id is new. */
  add(id: string): number {
    const [a, b, c] = [high(id), middle(id), low(id)];
    const { found, slot } = this.#look(a, b, c);
    if (found >= 0) return found;
    const number = this.#size;
    if (number === this.#high.length) this.#grow();
    this.#high[number] = a;
    this.#middle[number] = b;
    this.#low[number] = c;
    this.#slots[slot] = number + 1;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#spread();
    return number;
  }

  /** All ids, some at a time, in ascending order. */
  *sorted(atOnce: number): Generator<string[]> {
    const order = new Uint32Array(this.#size).map((_, number) => number);
    order.sort((one, other) => this.#compare(one, other));
    for (let at = 0; at < order.length; at += atOnce) {
      yield Array.from(order.subarray(at, at + atOnce), (number) => this.#idOf(number));
    }
  }

  #look(a: number, b: number, c: number): { found: number; slot: number } {
    const mask = this.#slots.length - 1;
    // An id is a hash already.
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const number = (this.#slots[slot] as number) - 1;
      if (number < 0) return { found: -1, slot };
      if (this.#high[number] === a && this.#middle[number] === b && this.#low[number] === c) {
        return { found: number, slot };
      }
    }
  }

  #grow(): void {
    const length = this.#high.length * 2;
    const [highs, middles, lows] = [new Uint32Array(length), new Uint32Array(length), new Uint16Array(length)];
    highs.set(this.#high);
    middles.set(this.#middle);
    lows.set(this.#low);
    [this.#high, this.#middle, this.#low] = [highs, middles, lows];
  }

  #spread(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let number = 0; number < this.#size; number += 1) {
      const { slot } = this.#look(
        this.#high[number] as number,
        this.#middle[number] as number,
        this.#low[number] as number,
      );
      this.#slots[slot] = number + 1;
    }
  }

  #compare(one: number, other: number): number {
    return (
      (this.#high[one] as number) - (this.#high[other] as number) ||
      (this.#middle[one] as number) - (this.#middle[other] as number) ||
      (this.#low[one] as number) - (this.#low[other] as number)
    );
  }

  #idOf(number: number): string {
    return `${hex(this.#high[number], 8)}${hex(this.#middle[number], 8)}${hex(this.#low[number], 4)}`;
  }
}

const high = (id: string): number => Number.parseInt(id.slice(0, 8), 16);
const middle = (id: string): number => Number.parseInt(id.slice(8, 16), 16);
const low = (id: string): number => Number.parseInt(id.slice(16, 20), 16);
const hex = (value = 0, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
