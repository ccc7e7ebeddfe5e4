import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import { isEventDelivery } from '../../shared/profile/delivery.ts';
import type { FoldedProfile } from '../../shared/profile/folded-profile.ts';
import { profileIdOf } from '../../shared/profile/new-profile.ts';
import { partKeysFor } from '../../shared/profile/parts.ts';
import { compareSequence } from '../../shared/profile/positions.ts';
import { StateError } from '../../shared/profile/state.ts';
import type { CompiledCatalog } from '../../shared/segments/compile-catalog.ts';
import type { Outbox } from '../../shared/stream/outbox.ts';
import type { Barriers } from '../adapters/barriers.ts';
import type { ControlStream } from '../adapters/control-stream.ts';
import type { DueTimes } from '../adapters/due-store.ts';
import type { HaveHeard } from '../adapters/heard-transitions.ts';
import { errorFields, type log } from '../adapters/log.ts';
import type { PrivacyRegister } from '../adapters/privacy-register.ts';
import { ProfileTooLargeError } from '../adapters/profile-item.ts';
import { PersonTooLargeError, type ProfileStore } from '../adapters/profile-store.ts';
import { keysSpokenOf, withoutErased } from './erased-addressees.ts';
import type { Batch, KeyBatch } from './group-by-key.ts';
import {
  ConflictError,
  type Emptied,
  type ReadParts,
  type ReadProfile,
  updateProfile,
  type Writer,
  type Written,
} from './update-profile.ts';
import type { WarmProfiles } from './warm-profiles.ts';

/** What a batch acts on. */
export interface BatchProps {
  readonly store: ProfileStore;
  readonly stream: ControlStream;
  readonly due: DueTimes;
  readonly barriers: Pick<Barriers, 'markBarrier'>;
  readonly haveHeard: HaveHeard;
  readonly register: Pick<PrivacyRegister, 'read'>;
  readonly identity: IdentityRules;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other write has. */
  readonly newToken: () => string;
  readonly log: typeof log;
}

/** Writes under way at once. */
const IN_FLIGHT = 24;
/** How long records are put on the stream until the batch is given up, to come again; well below the function's timeout. */
const PUBLISH_MS = 15_000;

/** Place of the record from which a batch comes again, when none does. */
export const NONE = Number.POSITIVE_INFINITY;

/** One batch under way. */
export class BatchUpdate {
  readonly #props: BatchProps;
  readonly #warm: WarmProfiles;
  /** First sequence number of the batch by shard. */
  readonly #starts: ReadonlyMap<string, string>;
  readonly #written: (Written & Pick<KeyBatch, 'firstRecord'>)[] = [];
  readonly #emptied: (Emptied & Pick<KeyBatch, 'firstRecord'>)[] = [];
  #failedAt = NONE;
  #applied = 0;
  #repeated = 0;

  constructor(props: BatchProps, warm: WarmProfiles, starts: ReadonlyMap<string, string>) {
    this.#props = props;
    this.#warm = warm;
    this.#starts = starts;
  }

  /** Answers the place of the first record that must come again, or `NONE`. */
  async run({ keys, barriers }: Batch, readCatalog: () => Promise<CompiledCatalog>): Promise<number> {
    if (keys.length > 0) {
      await this.#take(keys, readCatalog).catch((error: unknown) => this.#fail(keys, error));
      await this.#publish();
    }
    for (const { id, shardId, record } of barriers) {
      if (record > this.#failedAt) break;
      await this.#props.barriers.markBarrier(id, shardId).catch((error: unknown) => {
        this.#fail([{ firstRecord: record }], error);
      });
    }
    const [applied, repeated, profiles] = [this.#applied, this.#repeated, this.#written.length];
    this.#props.log('info', 'A batch was taken in.', { code: 'profiles_updated', profiles, applied, repeated });
    return this.#failedAt;
  }

  async #take(all: readonly KeyBatch[], readCatalog: () => Promise<CompiledCatalog>): Promise<void> {
    const { register, store } = this.#props;
    const spokenOf = keysSpokenOf(all);
    // Beside each other: an item that has changed when the register answers is not written over.
    const [catalog, known, items] = await Promise.all([
      readCatalog(),
      spokenOf.length === 0 ? undefined : register.read(spokenOf),
      store.read(all.map(({ key }) => key)),
    ]);
    const keys = known === undefined ? all : withoutErased(all, known);
    await this.#update(keys, catalog, await this.#read(keys, items));
  }

  /**
   * Looks into the items of the keys, publishes what their outboxes may still hold, then reads the parts of persons.
   *
   * What comes of control records alone waits until it is about to be replaced: two keys whose outboxes speak to each
   * other would never come to rest.
   */
  async #read(
    keys: readonly KeyBatch[],
    items: Awaited<ReturnType<ProfileStore['read']>>,
  ): Promise<ReadonlyMap<Key, ReadProfile>> {
    const found = new Map<Key, Omit<ReadProfile, 'parts'> & { readonly parts: Key[] }>();
    const outboxes: Outbox[] = [];
    for (const batch of keys) {
      const item = items.get(batch.key);
      try {
        const stored = item && this.#warm.take(batch.key, item);
        const parts = partKeysFor(batch.key, stored?.identity, batch.deliveries);
        const outbox = stored?.outbox;
        const isNow = outbox !== undefined && (batch.deliveries.some(isEventDelivery) || this.#isOfThisBatch(outbox));
        if (isNow) outboxes.push(outbox);
        found.set(batch.key, { version: item?.version ?? 0, stored, unsaid: isNow ? undefined : outbox, parts });
      } catch (error) {
        if (!isHopeless(error)) throw error;
        this.#leaveOut(batch, error);
      }
    }
    await this.#say(outboxes);
    const parts = await this.#readParts([...new Set(Array.from(found.values(), (one) => one.parts).flat())]);
    return new Map(Array.from(found, ([key, one]) => [key, { ...one, parts }]));
  }

  async #readParts(keys: readonly Key[]): Promise<ReadParts> {
    if (keys.length === 0) return new Map();
    const parts = new Map<Key, FoldedProfile & { readonly version: number }>();
    for (const [key, item] of await this.#props.store.read(keys)) {
      try {
        parts.set(key, { ...this.#warm.peek(key, item), version: item.version });
      } catch (error) {
        // Its own deliveries report it.
        if (!isHopeless(error)) throw error;
      }
    }
    return parts;
  }

  /** Updates the keys that were read, several at once. */
  async #update(
    keys: readonly KeyBatch[],
    catalog: CompiledCatalog,
    read: ReadonlyMap<Key, ReadProfile>,
  ): Promise<void> {
    const writer: Writer = {
      ...this.#props,
      catalog,
      readParts: (others) => this.#readParts(others),
      say: (outboxes) => this.#say(outboxes),
    };
    const waiting = new Set(keys.filter(({ key }) => read.has(key)));
    const remaining = [...waiting].values();
    const work = async () => {
      for (const batch of remaining) {
        if (this.#failedAt !== NONE) return;
        try {
          const found = read.get(batch.key) as ReadProfile;
          const { applied, repeated, written, emptied } = await updateProfile(
            writer,
            batch.key,
            batch.deliveries,
            found,
          );
          this.#applied += applied;
          this.#repeated += repeated;
          if (written !== undefined) this.#written.push({ ...written, firstRecord: batch.firstRecord });
          if (emptied !== undefined) this.#emptied.push({ ...emptied, firstRecord: batch.firstRecord });
        } catch (error) {
          if (!isHopeless(error)) {
            this.#fail([batch], error);
            continue;
          }
          this.#leaveOut(batch, error);
        }
        waiting.delete(batch);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    for (const { firstRecord } of waiting) this.#failedAt = Math.min(this.#failedAt, firstRecord);
  }

  /** Publishes the outboxes of what was written; then it may be kept without them. */
  async #publish(): Promise<void> {
    const records = this.#written.flatMap(({ folded }) => folded.outbox?.records ?? []);
    try {
      if (records.length > 0) await this.#put(records);
    } catch (error) {
      const unsaid = this.#written.filter(({ folded }) => folded.outbox !== undefined);
      this.#fail([...unsaid, ...this.#emptied], error);
      return;
    }
    for (const { key, encoded, textBytes, folded } of this.#written) {
      this.#warm.keep(key, encoded, textBytes, { ...folded, outbox: undefined });
    }
    for (const emptied of this.#emptied) {
      await this.#remove(emptied).catch((error: unknown) => this.#fail([emptied], error));
    }
  }

  /** Deletes an item that an erasure has emptied, after all that it had to say was published. */
  async #remove({ id, version }: Emptied): Promise<void> {
    if ((await this.#props.store.remove({ id, version })) === 'written') return;
    // Gone is gone, whether by this call, whose answer was lost, or by one before.
    if ((await this.#props.store.read([id])).has(id)) throw new ConflictError('An emptied profile was written again.');
  }

  #put(records: readonly ControlRecord[]): Promise<void> {
    const { stream, clock } = this.#props;
    return stream.publish(records, clock() + PUBLISH_MS);
  }

  /** Publishes what outboxes hold that were found in items, but for transitions that were surely published. */
  async #say(outboxes: readonly Outbox[]): Promise<void> {
    const unsaid = await Promise.all(outboxes.map((outbox) => this.#unsaid(outbox)));
    if (unsaid.some(({ length }) => length > 0)) await this.#put(unsaid.flat());
  }

  async #unsaid(outbox: Outbox): Promise<readonly ControlRecord[]> {
    const { records } = outbox;
    if (this.#isOfThisBatch(outbox)) return records;
    const transitions = records.flatMap((record) => (record.kind === 'transitions' ? record.items : []));
    if (transitions.length === 0 || !(await this.#props.haveHeard(transitions))) return records;
    return records.filter(({ kind }) => kind !== 'transitions');
  }

  /** Whether a delivery of this batch caused it: then the batch comes again, and was not acknowledged. */
  #isOfThisBatch({ shardId, sequenceNumber }: Outbox): boolean {
    const start = this.#starts.get(shardId);
    return start !== undefined && compareSequence(sequenceNumber, start) >= 0;
  }

  #fail(batches: readonly Pick<KeyBatch, 'firstRecord'>[], error: unknown): undefined {
    for (const { firstRecord } of batches) this.#failedAt = Math.min(this.#failedAt, firstRecord);
    this.#props.log('error', 'Profiles were not written; the batch comes again.', {
      code: 'profiles_not_written',
      ...errorFields(error),
    });
  }

  #leaveOut({ key, deliveries }: KeyBatch, error: unknown): void {
    this.#props.log('error', 'A profile can never be written; what came for it was left out.', {
      code: 'profile_unwritable',
      profileId: profileIdOf(key),
      events: deliveries.length,
      ...errorFields(error),
    });
  }
}

/** Whether trying again would fail again: damaged or too large. A state of a newer version waits for its deployment. */
function isHopeless(error: unknown): boolean {
  if (error instanceof StateError) return !error.isNewer;
  return error instanceof ProfileTooLargeError || error instanceof PersonTooLargeError;
}
