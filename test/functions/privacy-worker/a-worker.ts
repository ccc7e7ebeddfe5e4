import { readAudienceOf } from '../../../functions/adapters/audience-of-person.ts';
import { keysOfDue } from '../../../functions/adapters/due-store.ts';
import type { Item } from '../../../functions/adapters/dynamodb.ts';
import { deleteItems } from '../../../functions/adapters/dynamodb-batches.ts';
import type { Held, HeldStore } from '../../../functions/adapters/lease.ts';
import type { PrivacyWork } from '../../../functions/adapters/privacy-work.ts';
import type { LakeErasure, LakeErasureState, LakePerson } from '../../../functions/privacy-worker/lake/types.ts';
import type { Consumer, Pass } from '../../../functions/privacy-worker/pass.ts';
import { createPrivacyWorker, type PrivacyWorkerProps } from '../../../functions/privacy-worker/privacy-worker.ts';
import type { ErasedTable } from '../../../functions/privacy-worker/reach.ts';
import type { PrivacyRequest } from '../../../schemas/privacy.ts';
import { openPrivacy } from '../../../schemas/privacy-settings.ts';
import type { AuditEntry } from '../../../schemas/stream/audit.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import type { RegisterEntry, Tombstone } from '../../../shared/privacy/register.ts';
import { anAudience } from '../audience-writer/an-audience.ts';
import { someSegments } from '../profile-updater/scenarios.ts';
import { World } from '../profile-updater/world.ts';

/** The function was killed: nothing that it does from now on happens. */
export class Killed extends Error {}

/** Rows of a lake in memory, each of one key. */
interface LakeRow {
  readonly table: string;
  readonly key: Key;
}

/** A privacy-worker beside a stream, profiles and an audience that live, with everything else in memory. */
export class AWorker {
  readonly live = new World(someSegments);
  readonly audience = anAudience();
  readonly requests = new Map<string, PrivacyRequest>();
  readonly tombstones = new Map<Key, Tombstone>();
  readonly exportsOf = new Map<Key, string[]>();
  readonly due = new Map<string, Item>();
  readonly reports = new Map<string, Item>();
  /** Texts of batches that were set aside. */
  readonly batches = new Map<string, string>();
  /** Keys of batches of which an older version is kept. */
  readonly batchVersions = new Set<string>();
  readonly logged: Record<string, unknown>[] = [];
  /** Entries of the audit log by id. */
  readonly audited = new Map<string, AuditEntry>();
  lake: LakeRow[] = [];
  /** Files that the lake could not look into. */
  unread: Record<string, number> | undefined;
  /** Steps of exports that fail from now on. */
  failingExports = 0;
  /** What was asked of the lake. */
  readonly asked: LakePerson[][] = [];
  /** Writes and records so far. */
  effects = 0;
  /** Awaited around each effect; may throw. */
  around: (number: number, moment: 'before' | 'after') => unknown = () => undefined;
  #held: (Held & PrivacyWork<Pass>) | undefined;
  #heard = new Map<string, number>();
  #ids = 0;

  /** Asks for something, as the API does. */
  ask(type: PrivacyRequest['type'], keys: readonly Key[], suppress = true): string {
    const id = `request-${this.requests.size + 1}`;
    const requestedAt = this.live.now;
    this.requests.set(id, { id, type, state: 'waiting', step: 'waiting', keys, suppress, requestedAt });
    return id;
  }

  request(id: string): PrivacyRequest {
    return this.requests.get(id) as PrivacyRequest;
  }

  /** Runs the function until there is nothing to do, or until it is killed. */
  async run(): Promise<void> {
    const context = { getRemainingTimeInMillis: () => 900_000 };
    await createPrivacyWorker(this.#props())({}, context);
  }

  get isIdle(): boolean {
    return this.#held?.pass === undefined;
  }

  /** The lists of the audience know all transitions that lie on the stream. */
  async hear(): Promise<void> {
    await this.live.drain();
    for (const [place, shard] of this.live.shards.entries()) {
      const from = this.#heard.get(String(place)) ?? 0;
      const fresh = shard.slice(from).filter(({ data }) => /^\{"v":1,"kind":"(transitions|barrier)"/.test(text(data)));
      if (fresh.length > 0) await this.audience.write(fresh);
      this.#heard.set(String(place), shard.length);
    }
  }

  async #effect<T>(bringAbout: () => Promise<T> | T): Promise<T> {
    this.effects += 1;
    const number = this.effects;
    await this.around(number, 'before');
    const result = await bringAbout();
    await this.around(number, 'after');
    return result;
  }

  #props(): PrivacyWorkerProps {
    const { live, audience } = this;
    return {
      work: this.#work(),
      requests: {
        open: async () => [...this.requests.values()].filter(({ completedAt }) => completedAt === undefined),
        note: (id, step) =>
          this.#effect(() => {
            const request = this.request(id);
            if (request.completedAt === undefined) this.requests.set(id, { ...request, state: 'running', step });
          }),
        finish: (request) => this.#effect(() => void this.requests.set(request.id, request)),
        noteExport: async (keys, id) => {
          for (const key of keys) this.exportsOf.set(key, [...(this.exportsOf.get(key) ?? []), id]);
        },
        exportsOf: async (keys) => [...new Set(keys.flatMap((key) => this.exportsOf.get(key) ?? []))],
      },
      register: {
        read: async (keys) =>
          new Map(keys.map((key): [Key, RegisterEntry] => [key, { erased: this.tombstones.get(key), consent: {} }])),
        erase: (keys, tombstone) =>
          this.#effect(() => {
            for (const key of keys) {
              this.tombstones.set(key, tombstone);
              live.register.set(key, { erased: tombstone, consent: {} });
            }
          }),
      },
      profiles: { read: (ids) => live.store.read(ids) },
      profilesTable: this.#profilesTable(),
      dueTable: this.#dueTable(),
      reportsTable: this.#table(this.reports, ({ pk }) => pk?.S ?? ''),
      audience: {
        read: readAudienceOf(audience.table.client, 'audience'),
        remove: (keys) => this.#effect(() => deleteItems(audience.table.client, 'audience', keys)),
      },
      lists: audience.lists,
      stream: { publish: (records) => this.#effect(() => live.publish(...records)) },
      putBarrier: (id) =>
        this.#effect(() => {
          live.putBarrier(id);
          return live.shards.map((_, shard) => String(shard));
        }),
      passed: (consumer, id) => this.#passed(consumer, id),
      setAside: this.#setAside(),
      audit: (entries) =>
        this.#effect(() => {
          for (const entry of entries) this.audited.set(entry.id, entry);
        }),
      lake: this.#lakeErasure(),
      lakeExport: {
        begin: (person) => ({
          v: 1,
          person,
          startedAt: live.now,
          at: 0,
          parts: 0,
          counts: {},
          step: 'first',
          key: `privacy/exports/${person.requestId}.json.gz`,
        }),
        next: async (state, held) => {
          if (this.failingExports-- > 0) throw new Error('The query failed.');
          return await this.#effect(() => ({
            ...state,
            step: 'done' as const,
            counts: { held: Object.keys(held).length },
          }));
        },
        isDone: ({ step }) => step === 'done',
      } as PrivacyWorkerProps['lakeExport'],
      streamHours: 24,
      clock: () => live.now,
      newId: () => `pass-${++this.#ids}`,
      pause: async (milliseconds) => {
        live.now += Math.max(1, milliseconds);
      },
      log: (_, __, fields = {}) => void this.logged.push(fields),
    };
  }

  async #passed(consumer: Consumer, id: string): Promise<ReadonlySet<string>> {
    await this.hear();
    if (consumer !== 'profiles') return new Set(this.live.shards.map((_, shard) => String(shard)));
    return new Set(this.live.marks.filter((mark) => mark.startsWith(`${id} `)).map((mark) => mark.slice(-1)));
  }

  #work(): HeldStore<PrivacyWork<Pass>> {
    return {
      read: async () => this.#held && structuredClone(this.#held),
      write: (held) =>
        this.#effect(() => {
          if ((this.#held?.version ?? 0) !== held.version - 1) return false;
          this.#held = JSON.parse(JSON.stringify(held));
          return true;
        }),
    };
  }

  #dueTable(): ErasedTable {
    const nameOf = ({ bucket, due }: Item) => `${bucket?.S} ${due?.S}`;
    return {
      ...this.#table(this.due, nameOf),
      remove: (items) =>
        this.#effect(() => {
          for (const item of items) {
            if (keysOfDue(item).length > 0) this.due.set(nameOf(item), item);
            else this.due.delete(nameOf(item));
          }
        }),
    };
  }

  #table(items: Map<string, Item>, nameOf: (key: Item) => string): ErasedTable {
    return {
      // One item a page: a walk may be cut off between any two.
      walk: async (after) => {
        const names = [...items.keys()].sort();
        const name = names.find((each) => after === undefined || each > (after.name?.S ?? ''));
        if (name === undefined) return { items: [] };
        return { items: [items.get(name) as Item], after: { name: { S: name } } };
      },
      remove: (keys) =>
        this.#effect(() => {
          for (const key of keys) items.delete(nameOf(key));
        }),
    };
  }

  #setAside(): PrivacyWorkerProps['setAside'] {
    const { batches, batchVersions } = this;
    const etagOf = (text: string) => String(text.length);
    return {
      files: { list: async () => [...batches.keys()].sort().map((key) => ({ key, size: 0, etag: '' })) },
      versioned: {
        read: async (key) => {
          const text = batches.get(key);
          return text === undefined ? undefined : { body: Buffer.from(text), etag: etagOf(text) };
        },
        writeOver: (key, _, body) =>
          this.#effect(() => {
            batches.set(key, Buffer.from(body).toString());
            batchVersions.add(key);
            return '';
          }),
        remove: (key) =>
          this.#effect(() => {
            batches.delete(key);
            batchVersions.add(key);
          }),
      },
      versions: {
        list: async () => ({
          versions: [...batchVersions].map((key) => {
            return { key, versionId: '1', isLatest: false, isDeleteMarker: false, modifiedAt: 0 };
          }),
        }),
        remove: (gone) =>
          this.#effect(() => {
            for (const { key } of gone) batchVersions.delete(key);
          }),
      },
      rules: { consent: openPrivacy.consent, identity: { externalTraits: ['email'], blockedIds: [] } },
    };
  }

  #profilesTable(): ErasedTable {
    const { store } = this.live;
    const base64 = (bytes: Uint8Array) => ({ B: Buffer.from(bytes).toString('base64') });
    return {
      walk: async () => ({
        items: [
          ...Array.from(store.items.values(), ({ id, format, state, ids }): Item => {
            return { id: { S: id }, format: { N: String(format) }, state: base64(state), ids: base64(ids) };
          }),
          ...Array.from(store.pages.values(), ({ key, number, ids }): Item => {
            return { id: { S: `dedup:${number}:${key}` }, ids: base64(ids) };
          }),
        ],
      }),
      remove: (keys) =>
        this.#effect(() => {
          for (const { id } of keys) {
            const [, number, key] = /^dedup:(\d+):(.*)$/s.exec(id?.S ?? '') ?? [];
            store.pages.delete(`${key} ${number}`);
          }
        }),
    };
  }

  /** Counts the rows of all, then deletes them. */
  #lakeErasure(): LakeErasure {
    const own = (people: readonly LakePerson[]) => (row: LakeRow) =>
      people.find(({ keys }) => keys.includes(row.key))?.requestId;
    return {
      begin: (people, id) => {
        this.asked.push([...people]);
        return { id, people, counts: {}, step: { name: 'search', at: 0 } } as unknown as LakeErasureState;
      },
      next: (state) =>
        this.#effect((): LakeErasureState => {
          const ownerOf = own(state.people);
          if (state.step.name === 'search') {
            const counts: Record<string, Record<string, number>> = {};
            for (const row of this.lake) {
              const owner = ownerOf(row);
              if (owner === undefined) continue;
              counts[owner] ??= {};
              (counts[owner] as Record<string, number>)[row.table] = (counts[owner]?.[row.table] ?? 0) + 1;
            }
            return { ...state, counts, step: { name: 'prefixes', at: 0 } };
          }
          this.lake = this.lake.filter((row) => ownerOf(row) === undefined);
          return { ...state, ...(this.unread && { unread: this.unread }), step: { name: 'done' } };
        }),
      isDone: ({ step }) => step.name === 'done',
      removed: ({ counts }, requestId) =>
        Object.entries(counts[requestId] ?? {}).map(([store, count]) => ({ store, what: 'rows', count })),
    };
  }
}

const text = (data: Uint8Array): string => Buffer.from(data).toString('latin1', 0, 40);
