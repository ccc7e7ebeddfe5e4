import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import type {
  Consumer,
  ErasedPerson,
  ErasurePass,
  ErasureProgress,
  ErasureStep,
  PutBarrierState,
  Step,
} from './pass.ts';
import { requestIdOf } from './people.ts';
import type { Reach } from './reach.ts';

const PUBLISH_MS = 10_000;
/** Longer than consumers usually lag behind. */
const PATIENCE_MS = 1_800_000;

/** What an erasure says on the stream, and how it knows that it was heard. */
export class StreamWord {
  readonly #reach: Pick<Reach, 'stream' | 'putBarrier' | 'passed' | 'clock'>;

  constructor(reach: Pick<Reach, 'stream' | 'putBarrier' | 'passed' | 'clock'>) {
    this.#reach = reach;
  }

  async publish(records: readonly ControlRecord[]): Promise<void> {
    if (records.length > 0) await this.#reach.stream.publish(records, this.#reach.clock() + PUBLISH_MS);
  }

  /** Puts a barrier on every shard, and goes on with a step that waits for it. */
  async withBarrier(pass: ErasurePass, next: (barrier: PutBarrierState) => ErasureStep): Promise<ErasurePass> {
    const id = `privacy-${pass.id}-${pass.barriers}`;
    const shards = await this.#reach.putBarrier(id);
    return { ...pass, barriers: pass.barriers + 1, step: next({ id, shards, putAt: this.#reach.clock() }) };
  }

  /** A barrier that lay in a batch which was set aside is never passed: after a while another one is put. */
  async goOnWaiting(pass: ErasurePass, step: Step<'settle' | 'hear' | 'land'>): Promise<ErasureProgress> {
    if (this.#reach.clock() - step.barrier.putAt < PATIENCE_MS) return 'wait';
    return await this.withBarrier(pass, (barrier) => ({ ...step, barrier }));
  }

  /** Whether consumers have done all that lies before a barrier. */
  async isPassed({ id, shards }: PutBarrierState, consumers: readonly Consumer[]): Promise<boolean> {
    const passed = await Promise.all(consumers.map((consumer) => this.#reach.passed(consumer, id)));
    return passed.every((own) => shards.every((shard) => own.has(shard)));
  }
}

export const wordTo = (key: Key, person: ErasedPerson, { startedAt }: ErasurePass): ControlRecord => ({
  v: 1,
  kind: 'erase',
  key,
  requestId: requestIdOf(person),
  at: startedAt,
  keys: person.keys,
});
