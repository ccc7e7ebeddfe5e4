import { createHash } from 'node:crypto';
import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import { textHash } from '../profile/message-hash.ts';

/** A control record as the stream takes it. */
export interface PackedRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** Kinesis bills by 25 KB and takes 1 MB; smaller records let a consumer's batch be cut. */
const MAX_BYTES = 200_000;
const MAX_KEYS = 500;
/** Partition keys over which what concerns many is spread. */
const BUCKETS = 32;
const MAX_PARTITION_KEY = 256;

/**
 * Packs control records for the stream, in their order per partition key. What is for one key lies in the shard of that
 * key's events; transitions and identities of many persons share records, and so do ticks and backfills.
 */
export function packControl(records: readonly ControlRecord[]): PackedRecord[] {
  const out: PackedRecord[] = [];
  const transitions = new Packer('t', { v: 1, kind: 'transitions' }, 'items', out);
  const identities = new Packer('t', { v: 1, kind: 'identities' }, 'items', out);
  for (const record of records) {
    switch (record.kind) {
      case 'link':
      case 'unlink':
        out.push({ partitionKey: partitionKeyOf(record.child), data: bytesOf(record) });
        break;
      case 'part':
        out.push({ partitionKey: partitionKeyOf(record.to), data: bytesOf(record) });
        break;
      case 'erase':
        out.push({ partitionKey: partitionKeyOf(record.key), data: bytesOf(record) });
        break;
      case 'transitions':
        for (const item of record.items) transitions.add(item.profileId, item);
        break;
      case 'identities':
        for (const item of record.items) identities.add(item.profileKey, item);
        break;
      case 'tick':
        packList('k', { v: 1, kind: 'tick', at: record.at }, 'keys', record.keys, out);
        break;
      case 'forget':
        packList('k', { v: 1, kind: 'forget', before: record.before }, 'keys', record.keys, out);
        break;
      case 'rebuilt':
        packList('k', { v: 1, kind: 'rebuilt' }, 'keys', record.keys, out);
        break;
      case 'backfill': {
        const { job, segments } = record;
        packList('k', { v: 1, kind: 'backfill', job, segments }, 'items', record.items, out);
        break;
      }
      case 'spend':
        packList('s', { v: 1, kind: 'spend' }, 'items', record.items, out);
        break;
      case 'alerts':
        packList('a', { v: 1, kind: 'alerts' }, 'items', record.items, out);
        break;
      case 'recommendations':
        packList('r', { v: 1, kind: 'recommendations' }, 'items', record.items, out);
        break;
      case 'audit':
        packList('u', { v: 1, kind: 'audit' }, 'items', record.items, out);
        break;
      case 'again':
        throw new Error('A record that comes again has the partition key that it had: put it as it is.');
      case 'barrier':
        throw new Error('A barrier goes to every shard by its hash key: put it with putBarrierOn.');
    }
  }
  transitions.end();
  identities.end();
  return out;
}

/** The partition key of a profile key's own events: the id after its kind, as the collector has it. */
export function partitionKeyOf(key: Key): string {
  const id = key.slice(key.indexOf(':') + 1);
  return id.length <= MAX_PARTITION_KEY ? id : createHash('sha256').update(id).digest('hex');
}

/** One of the partition keys over which what concerns many is spread, the same for the same text. */
const bucketOf = (prefix: string, text: string): string =>
  `${prefix}${Number.parseInt(textHash(text).slice(-4), 16) % BUCKETS}`;

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Gathers elements of a list into records by bucket. */
class Packer {
  readonly #prefix: string;
  readonly #head: object;
  readonly #list: string;
  readonly #out: PackedRecord[];
  readonly #open = new Map<string, { texts: string[]; bytes: number }>();

  constructor(prefix: string, head: object, list: string, out: PackedRecord[]) {
    this.#prefix = prefix;
    this.#head = head;
    this.#list = list;
    this.#out = out;
  }

  /** `of` decides on the bucket. */
  add(of: string, element: unknown): void {
    const bucket = bucketOf(this.#prefix, of);
    const text = JSON.stringify(element);
    const bytes = Buffer.byteLength(text) + 1;
    const open = this.#open.get(bucket) ?? { texts: [], bytes: 0 };
    if (open.texts.length > 0 && (open.bytes + bytes > MAX_BYTES || open.texts.length === MAX_KEYS)) {
      this.#close(bucket, open.texts);
      open.texts = [];
      open.bytes = 0;
    }
    open.texts.push(text);
    open.bytes += bytes;
    this.#open.set(bucket, open);
  }

  end(): void {
    for (const [bucket, { texts }] of this.#open) this.#close(bucket, texts);
    this.#open.clear();
  }

  #close(bucket: string, texts: readonly string[]): void {
    const head = JSON.stringify(this.#head).slice(0, -1);
    this.#out.push({ partitionKey: bucket, data: Buffer.from(`${head},"${this.#list}":[${texts.join(',')}]}`) });
  }
}

/** Cuts a list into records, each with a bucket of its own. */
function packList(prefix: string, head: object, list: string, elements: readonly unknown[], out: PackedRecord[]): void {
  let at = 0;
  while (at < elements.length) {
    let bytes = 0;
    let end = at;
    while (end < elements.length && end - at < MAX_KEYS) {
      bytes += Buffer.byteLength(JSON.stringify(elements[end])) + 1;
      if (end > at && bytes > MAX_BYTES) break;
      end += 1;
    }
    const part = elements.slice(at, end);
    out.push({ partitionKey: bucketOf(prefix, JSON.stringify(part[0])), data: bytesOf({ ...head, [list]: part }) });
    at = end;
  }
}
