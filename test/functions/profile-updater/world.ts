import type { ProfileItem } from '../../../functions/adapters/profile-store.ts';
import type { createProfileUpdater } from '../../../functions/profile-updater/profile-updater.ts';
import type { Profile } from '../../../schemas/profile.ts';
import type { SegmentDefinition } from '../../../schemas/segment/definition.ts';
import type { Space } from '../../../schemas/spaces.ts';
import type { ControlRecord, Key, Transition } from '../../../schemas/stream/control.ts';
import { spaceRulesOf } from '../../../shared/clean/clean-record.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import type { RegisterEntry } from '../../../shared/privacy/register.ts';
import type { FoldedProfile } from '../../../shared/profile/folded-profile.ts';
import { mergeProfiles } from '../../../shared/profile/merge.ts';
import { textHash } from '../../../shared/profile/message-hash.ts';
import { profileIdOf } from '../../../shared/profile/new-profile.ts';
import { decodeProfile } from '../../../shared/profile/state.ts';
import type { CatalogBody } from '../../../shared/segments/catalog-body.ts';
import { packControl } from '../../../shared/stream/pack-control.ts';
import { controlOf } from '../../../shared/stream/read-stream.ts';
import { ARRIVAL, anEnvelope, aRecord, type Message } from '../../fixtures/events.ts';
import { aCatalogBody, aKinesisEvent, anUpdater, MemoryProfileStore } from '../../fixtures/profiles.ts';

/** The sandbox was killed: nothing after it takes effect. */
class Killed extends Error {}

/** A catalog in which these definitions are live. */
export const catalogOf = (definitions: readonly SegmentDefinition[], version = 1): CatalogBody =>
  aCatalogBody(
    definitions.map((definition) => ({
      id: definition.id,
      live: { ...definition, version },
      createdAt: 0,
      updatedAt: 0,
    })),
  );

/** One person as the items and the stream tell it at the end. */
export interface PersonAtEnd {
  readonly home: Key;
  readonly keys: readonly Key[];
  readonly profile: Profile;
  readonly segments: readonly string[];
}

/**
 * A stream of several shards whose consumers are profile-updaters on one store, whose control records flow back into the
 * stream, and whose due times become ticks: all in memory, in steps that a test takes.
 */
export class World {
  readonly store = new MemoryProfileStore();
  readonly shards: ReceivedRecord[][];
  readonly marks: string[] = [];
  /** What the register says of keys; events are taken whatever it says. */
  readonly register = new Map<Key, RegisterEntry>();
  /** Effects so far: writes, due times, records on the stream, marks. */
  effects = 0;
  /** The sandbox that brings about this effect is killed right after it. */
  dieAfter = Number.POSITIVE_INFINITY;
  /** Milliseconds since 1970: the clock of the stream. */
  now = ARRIVAL;
  catalog: CatalogBody;
  /** Called before records are put on the stream: throws when they cannot be. */
  onPublish: () => void = () => undefined;
  /** Called before a barrier is marked: throws when it cannot be. */
  onMark: () => void = () => undefined;
  readonly #due = new Map<string, { at: number; key: Key }>();
  readonly #checkpoints: number[];
  readonly #updaters: ReturnType<typeof createProfileUpdater>[];
  #isDead = false;

  readonly #spaces: readonly Space[];

  constructor(catalog: CatalogBody = aCatalogBody(), shards = 3, spaces: readonly Space[] = []) {
    this.catalog = catalog;
    this.#spaces = spaces;
    this.shards = Array.from({ length: shards }, () => []);
    this.#checkpoints = this.shards.map(() => 0);
    this.store.around = (write) => this.#effect(write);
    this.#updaters = this.shards.map(() => this.#newUpdater());
  }

  /** Puts each message on the stream in a record of its own. */
  send(...messages: readonly Message[]): void {
    for (const message of messages) {
      this.now += 1;
      const receivedAt = new Date(this.now).toISOString();
      this.#put(String(message.userId ?? message.anonymousId), JSON.stringify(anEnvelope([message], { receivedAt })));
    }
  }

  /** Puts messages of one id on the stream in one record. */
  sendTogether(messages: readonly Message[]): void {
    this.now += 1;
    const id = String(messages[0]?.userId ?? messages[0]?.anonymousId);
    this.#put(id, JSON.stringify(anEnvelope([...messages], { receivedAt: new Date(this.now).toISOString() })));
  }

  /** Delivers a record of a shard that nobody else reads. */
  async deliverOn(shardId: string, record: ControlRecord): Promise<void> {
    await this.#newUpdater()(aKinesisEvent([aRecord(record, { shardId, arrivedAt: this.now })]));
  }

  /** Lets new sandboxes read the shards. */
  restart(): void {
    for (const shard of this.shards.keys()) this.#updaters[shard] = this.#newUpdater();
  }

  /** What a restore brings back: the items as they are now. */
  backUp(): ReadonlyMap<string, ProfileItem> {
    return new Map(this.store.items);
  }

  /** Puts the items of before in place of those that are there, and lets the shards be read again from their first record. */
  restore(items: ReadonlyMap<string, ProfileItem>): void {
    this.store.items.clear();
    for (const [id, item] of items) this.store.items.set(id, item);
    this.#checkpoints.fill(0);
    this.restart();
  }

  /** Puts control records on the stream, as another function does. */
  publish(...records: readonly ControlRecord[]): void {
    for (const { partitionKey, data } of packControl(records)) this.#put(partitionKey, data);
  }

  /** Puts a record on the stream as it is. */
  put(partitionKey: string, data: string | Uint8Array): void {
    this.#put(partitionKey, data);
  }

  /** Puts a barrier on every shard. */
  putBarrier(id: string): void {
    const record: ControlRecord = { v: 1, kind: 'barrier', id };
    for (const shard of this.shards.keys()) this.#append(shard, JSON.stringify(record));
  }

  /** Does what the sweeper does: a tick for each key that is due. */
  sweep(): void {
    const due = [...this.#due].filter(([, { at }]) => at <= this.now);
    const keys = [...new Set(due.map(([, { key }]) => key))].sort();
    if (keys.length > 0) this.publish({ v: 1, kind: 'tick', at: this.now, keys });
    for (const [id] of due) this.#due.delete(id);
  }

  /** Forgets all that is due. */
  lose(): void {
    this.#due.clear();
  }

  /** Due times that are armed for a key. */
  armed(key: Key): number[] {
    return [...this.#due.values()].filter((entry) => entry.key === key).map(({ at }) => at);
  }

  /** Whether a shard holds records that were not taken in. */
  hasBacklog(shard: number): boolean {
    return (this.#checkpoints[shard] as number) < (this.shards[shard] as ReceivedRecord[]).length;
  }

  /** Lets the consumer of a shard give up its next batch, whether or not some of it has taken effect. */
  giveUp(shard: number, size: number): ReceivedRecord[] {
    const from = this.#checkpoints[shard] as number;
    const batch = (this.shards[shard] as ReceivedRecord[]).slice(from, from + size);
    this.#checkpoints[shard] = from + batch.length;
    return batch;
  }

  /** Delivers up to `size` records of a shard; one whose sandbox dies, or that it names as failed, comes again. */
  async step(shard: number, size = 1_000): Promise<void> {
    const from = this.#checkpoints[shard] as number;
    const batch = (this.shards[shard] as ReceivedRecord[]).slice(from, from + size);
    if (batch.length === 0) return;
    const { batchItemFailures } = await (this.#updaters[shard] as ReturnType<typeof createProfileUpdater>)(
      aKinesisEvent(batch),
    );
    if (this.#isDead) {
      // Nobody heard the answer, and what the sandbox knew is gone.
      this.#isDead = false;
      this.dieAfter = Number.POSITIVE_INFINITY;
      this.#updaters[shard] = this.#newUpdater();
      return;
    }
    const failed = batchItemFailures[0]?.itemIdentifier;
    const at = failed === undefined ? batch.length : batch.findIndex((record) => record.sequenceNumber === failed);
    this.#checkpoints[shard] = from + at;
  }

  /** Delivers everything, also what comes of it: shards in turn, with batches of these sizes in turn. */
  async drain(sizes: readonly number[] = [1_000], turns: readonly number[] = [...this.shards.keys()]): Promise<void> {
    const all = [...this.shards.keys()];
    for (let round = 0; all.some((shard) => this.hasBacklog(shard)); round += 1) {
      if (round > 3_000) throw new Error('The stream never comes to rest.');
      const wanted = (turns[round % turns.length] ?? 0) % all.length;
      const shard = this.hasBacklog(wanted) ? wanted : (all.find((each) => this.hasBacklog(each)) as number);
      await this.step(shard, sizes[round % sizes.length]);
    }
  }

  /** Lets time pass and everything that is due come about. */
  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    await this.drain();
    for (;;) {
      const next = Math.min(...Array.from(this.#due.values(), ({ at }) => at));
      if (next > end) break;
      this.now = Math.max(this.now, next);
      this.sweep();
      await this.drain();
    }
    this.now = end;
  }

  folded(key: Key): FoldedProfile {
    return this.store.folded(key);
  }

  /** The persons that the items make, by home; keys of which no event is known are nobody. */
  persons(): PersonAtEnd[] {
    const items = new Map(Array.from(this.store.items, ([key, item]) => [key, decodeProfile(item)]));
    const homeOf = (key: Key): Key => {
      const parent = items.get(key)?.identity.parent;
      return parent === undefined ? key : homeOf(parent);
    };
    const byHome = Map.groupBy([...items.keys()].sort(), homeOf);
    return [...byHome]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([home, keys]) => ({
        home,
        keys,
        profile: mergeProfiles(
          home,
          keys.flatMap((key) => items.get(key)?.profile ?? []),
        ),
        segments: [...(items.get(home)?.audience.memberships.keys() ?? [])].sort(),
      }))
      .filter(({ profile }) => profile.eventCount > 0);
  }

  /** Every transition that lies on the stream, in the order of its shard, as often as it lies there. */
  published(): Transition[] {
    return this.shards.flat().flatMap((record) => {
      const control = controlOf(record);
      return control?.kind === 'transitions' ? control.items : [];
    });
  }

  /**
   * The transitions of each profile id as a consumer takes them in that knows what it has seen. Throws if a number is
   * neither one more than the last nor the first of a person who is new or forgotten, if one id stands for two things, or if they don't lead to the memberships of the items.
   */
  transitions(): Map<string, Transition[]> {
    const seen = new Map<string, Transition[]>();
    for (const item of this.published()) {
      const known = seen.get(item.profileId) ?? [];
      const same = known.find(({ id }) => id === item.id);
      if (same !== undefined && JSON.stringify(same) !== JSON.stringify(item)) {
        throw new Error(`${item.id} stands for two transitions: ${JSON.stringify([same, item])}`);
      }
      const last = known.at(-1)?.n ?? 0;
      const first = Math.floor(item.at / 10);
      if (same === undefined && item.n !== last + 1 && (item.n !== first || first <= last)) {
        throw new Error(`${item.id} comes after ${last}.`);
      }
      if (same === undefined) seen.set(item.profileId, [...known, item]);
    }
    for (const key of this.store.items.keys()) {
      const members = new Set<string>();
      for (const { segmentId, to } of seen.get(profileIdOf(key)) ?? []) {
        if (members.has(segmentId) === (to === 'entered')) throw new Error(`${key} ${to} ${segmentId} twice.`);
        if (to === 'entered') members.add(segmentId);
        else members.delete(segmentId);
      }
      const held = [...this.folded(key).audience.memberships.keys()];
      if (JSON.stringify([...members].sort()) !== JSON.stringify(held.sort())) {
        throw new Error(`${key} is in ${held}, its transitions say ${[...members]}.`);
      }
    }
    return seen;
  }

  #newUpdater() {
    return anUpdater(this.store, {
      stream: {
        publish: async (records) => {
          this.onPublish();
          for (const { partitionKey, data } of packControl(records)) {
            await this.#effect(async () => this.#put(partitionKey, data));
          }
        },
      },
      due: { arm: (at, key) => this.#effect(async () => void this.#due.set(`${at} ${key}`, { at, key })) },
      barriers: {
        markBarrier: async (id, shardId) => {
          this.onMark();
          await this.#effect(async () => void this.marks.push(`${id} ${shardId.slice(-1)}`));
        },
      },
      haveHeard: async (transitions) => {
        const heard = new Set(this.published().map(({ id }) => id));
        return transitions.every(({ id }) => heard.has(id));
      },
      register: { read: async () => this.register },
      catalog: { readRevision: async () => this.#revision(), readBody: async () => this.catalog },
      identity: { externalTraits: ['email'], blockedIds: [], spaces: this.#spaces },
      rules: spaceRulesOf({ spaces: this.#spaces }),
      clock: () => this.now,
    });
  }

  /** Changes whenever the catalog does. */
  #revision(): number {
    return Number.parseInt(textHash(JSON.stringify(this.catalog)).slice(0, 8), 16);
  }

  async #effect<T>(bringAbout: () => Promise<T>): Promise<T> {
    if (this.#isDead) throw new Killed();
    const result = await bringAbout();
    this.effects += 1;
    if (this.effects === this.dieAfter) {
      this.#isDead = true;
      throw new Killed();
    }
    return result;
  }

  #put(partitionKey: string, data: string | Uint8Array): void {
    this.#append(Number.parseInt(textHash(partitionKey).slice(0, 8), 16) % this.shards.length, data);
  }

  #append(shard: number, data: string | Uint8Array): void {
    const record = aRecord(data, { shardId: `shardId-00000000000${shard}`, arrivedAt: this.now });
    (this.shards[shard] as ReceivedRecord[]).push(record);
  }
}
