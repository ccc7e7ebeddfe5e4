import type { ItemIndex, ItemNeighbours, Neighbours } from '../../shared/recommender/model.ts';

/** Words of 32 bits: both lengths before the lists; a neighbour is its item and its score. */
const LENGTHS = 2;
const A_NEIGHBOUR = 2;
/** What an item costs beside its lists, in words. */
const AN_ENTRY = 16;
const WORD_BYTES = 4;
/** In the place of a position: the item has no neighbours. */
const NONE = -1;

/** What was kept since a moment. */
interface Generation {
  readonly words: Uint32Array<ArrayBuffer>;
  /** Where the neighbours of an item lie. */
  readonly positions: Map<ItemIndex, number>;
  used: number;
}

/**
 * Neighbours by item, those used lately, in two buffers that serve in turn: what is used is carried over from the older one, and when
 * the younger is full it takes the older one's place. Buffers and objects that come and go for each list would have V8 look through the
 * whole heap again and again (infra/decisions/0063).
 *
 * What `get` answers holds until as much as one buffer takes was kept after it.
 */
export class KeptNeighbours {
  readonly #room: number;
  #young: Generation;
  #old: Generation | undefined;

  /** @param bytes of each buffer. */
  constructor(bytes: number) {
    this.#room = Math.floor(bytes / WORD_BYTES);
    this.#young = { words: new Uint32Array(this.#room), positions: new Map(), used: 0 };
  }

  /** Null for an item that is known to have none, undefined for one of which nothing is known. */
  get(item: ItemIndex): ItemNeighbours | null | undefined {
    const young = at(this.#young, item);
    if (young !== undefined) return young;
    const old = this.#old && at(this.#old, item);
    if (old === undefined) return undefined;
    this.set(item, old);
    return at(this.#young, item);
  }

  /** Keeps a copy; what is larger than a buffer is not kept. */
  set(item: ItemIndex, neighbours: ItemNeighbours | null): void {
    const size = AN_ENTRY + (neighbours ? LENGTHS + sizeOf(neighbours.collaborative) + sizeOf(neighbours.content) : 0);
    if (size > this.#room) return;
    if (this.#young.used + size > this.#room) this.#turn();
    const { words, positions, used } = this.#young;
    if (neighbours) write(words, used, neighbours);
    positions.set(item, neighbours ? used : NONE);
    this.#young.used += size;
  }

  #turn(): void {
    const words = this.#old?.words ?? new Uint32Array(this.#room);
    this.#old = this.#young;
    this.#young = { words, positions: new Map(), used: 0 };
  }
}

const sizeOf = ({ items }: Neighbours): number => A_NEIGHBOUR * items.length;

function write(words: Uint32Array, position: number, { collaborative, content }: ItemNeighbours): void {
  const lengths = [collaborative.items.length, content.items.length];
  let place = position + LENGTHS;
  for (const { items, scores } of [collaborative, content]) {
    words.set(items, place);
    words.set(new Uint32Array(scores.buffer, scores.byteOffset, scores.length), place + items.length);
    place += A_NEIGHBOUR * items.length;
  }
  words.set(lengths, position);
}

function at({ words, positions }: Generation, item: ItemIndex): ItemNeighbours | null | undefined {
  const position = positions.get(item);
  if (position === undefined) return undefined;
  if (position === NONE) return null;
  const [people = 0, content = 0] = [words[position], words[position + 1]];
  const first = position + LENGTHS;
  return {
    collaborative: listAt(words.buffer, first, people),
    content: listAt(words.buffer, first + A_NEIGHBOUR * people, content),
  };
}

const listAt = (buffer: ArrayBuffer, place: number, length: number): Neighbours => ({
  items: new Uint32Array(buffer, place * WORD_BYTES, length),
  scores: new Float32Array(buffer, (place + length) * WORD_BYTES, length),
});
