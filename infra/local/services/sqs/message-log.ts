import {
  type Change,
  keyOf,
  positionOf,
  put,
  type QueueStore,
  remove,
  type StoredMessage,
  type Tally,
} from './queue-store.ts';

/** The messages of one queue on disk, in order of arrival, and how many there are. */
export class MessageLog {
  readonly #queue: string;
  readonly #store: QueueStore;
  readonly #onChange: () => void;
  #tally: Tally = { next: 1, count: 0 };
  /** No message lies before it. */
  #head = 0;
  /** No message is too old before. */
  #nextExpiry = 0;

  /** @param onChange told after each write. */
  constructor(queue: string, store: QueueStore, onChange: () => void) {
    this.#queue = queue;
    this.#store = store;
    this.#onChange = onChange;
  }

  async load(): Promise<void> {
    const [tally] = await this.#store.find<'tally'>([keyOf('tally', this.#queue)]);
    this.#tally = tally ?? this.#tally;
  }

  get count(): number {
    return this.#tally.count;
  }

  /** Position of the next message. */
  get next(): number {
    return this.#tally.next;
  }

  /** Writes messages behind the last one, together with other changes. */
  async append(messages: readonly StoredMessage[], changes: readonly Change[] = []): Promise<void> {
    const { next, count } = this.#tally;
    const added = messages.map((message, index) => put('message', this.#queue, message, next + index));
    await this.#write([...added, ...changes], { next: next + messages.length, count: count + messages.length });
  }

  /** All messages from the oldest on. */
  async *scan(): AsyncGenerator<readonly [position: number, message: StoredMessage]> {
    let isFirst = true;
    for await (const [key, message] of this.#store.entries('message', this.#queue, this.#head)) {
      const position = positionOf(key);
      // What was deleted before it leaves traces that would make each scan longer.
      if (isFirst) this.#head = position;
      isFirst = false;
      yield [position, message];
    }
  }

  /** Deletes messages, with what is known of them in flight, together with other changes. */
  async drop(positions: readonly number[], changes: readonly Change[] = []): Promise<void> {
    if (positions.length === 0) return;
    const kinds = ['message', 'hidden'] as const;
    const gone = positions.flatMap((position) => kinds.map((kind) => remove(kind, this.#queue, position)));
    await this.#write([...gone, ...changes], { ...this.#tally, count: this.#tally.count - positions.length });
  }

  /** In one write, so that no message is lost and none lies in both queues. */
  async moveTo(target: MessageLog, messages: ReadonlyMap<number, StoredMessage>): Promise<void> {
    if (messages.size === 0) return;
    const { next, count } = target.#tally;
    const arrivals = [...messages.values()].map((message, index) =>
      put('message', target.#queue, message, next + index),
    );
    const tally = { next: next + messages.size, count: count + messages.size };
    await this.drop([...messages.keys()], [...arrivals, put('tally', target.#queue, tally)]);
    target.#tally = tally;
    target.#nextExpiry = 0;
    target.#onChange();
  }

  /** Messages that are older than the retention period: they lie at the head. */
  async expired(now: number, retentionMs: number): Promise<number[]> {
    if (now < this.#nextExpiry) return [];
    const old: number[] = [];
    this.#nextExpiry = now + retentionMs;
    for await (const [position, { sentAt }] of this.scan()) {
      if (sentAt + retentionMs > now) {
        this.#nextExpiry = sentAt + retentionMs;
        break;
      }
      old.push(position);
    }
    return old;
  }

  /** The retention period is another one. */
  forgetExpiry(): void {
    this.#nextExpiry = 0;
  }

  async #write(changes: readonly Change[], tally: Tally): Promise<void> {
    await this.#store.write([...changes, put('tally', this.#queue, tally)]);
    this.#tally = tally;
    this.#onChange();
  }
}
