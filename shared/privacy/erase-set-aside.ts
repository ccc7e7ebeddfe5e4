import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../clean/cleaned-record.ts';
import { saidBy } from '../clean/failed.ts';
import { readRecord } from '../clean/read-record.ts';
import { scopeMessage } from '../clean/scope-message.ts';
import { spacesOf } from '../identity/spaces.ts';
import { againRecord, firstOf } from '../stream/again.ts';
import { uncompressRecord } from '../stream/compressed-record.ts';
import { controlOf } from '../stream/read-stream.ts';
import { type ClaimRules, keysNamedBy } from './claim.ts';

/** A batch that was set aside, without some people. */
export interface ErasedBatch {
  /** The object's text as it should be; undefined when no record is left. */
  readonly text: string | undefined;
  /** Messages that went, by place of the person. */
  readonly counts: ReadonlyMap<number, number>;
}

interface KinesisRecord {
  readonly eventID: string;
  readonly kinesis: {
    readonly data: string;
    readonly sequenceNumber: string;
    readonly approximateArrivalTimestamp: number;
  };
}

/**
 * Takes people out of an object that Lambda wrote of a batch it gave up: their messages, and word about them. What is left
 * can be put back as before. Throws for another object.
 */
export function withoutPeople(text: string, people: readonly ReadonlySet<Key>[], rules: ClaimRules): ErasedBatch {
  const { payload, ...about } = JSON.parse(text) as { payload: string | { Records: readonly KinesisRecord[] } };
  const { Records, ...event } = typeof payload === 'string' ? JSON.parse(payload) : payload;
  const sieve = new Sieve(people, rules);
  const left = (Records as readonly KinesisRecord[]).flatMap((record) => {
    const { data, sequenceNumber, approximateArrivalTimestamp } = record.kinesis;
    const received: ReceivedRecord = {
      data: uncompressRecord(Buffer.from(data, 'base64')),
      shardId: record.eventID.slice(0, record.eventID.lastIndexOf(':')),
      sequenceNumber,
      arrivedAt: Math.round(approximateArrivalTimestamp * 1000),
    };
    const kept = sieve.keep(received);
    if (kept === received.data) return [record];
    if (kept === undefined) return [];
    return [{ ...record, kinesis: { ...record.kinesis, data: Buffer.from(kept).toString('base64') } }];
  });
  const next = { ...event, Records: left };
  const written = { ...about, payload: typeof payload === 'string' ? JSON.stringify(next) : next };
  return { text: left.length === 0 ? undefined : JSON.stringify(written), counts: sieve.counts };
}

/** Takes what concerns people out of records, and counts their messages. */
class Sieve {
  readonly #people: readonly ReadonlySet<Key>[];
  readonly #rules: ClaimRules;
  readonly counts = new Map<number, number>();

  constructor(people: readonly ReadonlySet<Key>[], rules: ClaimRules) {
    this.#people = people;
    this.#rules = rules;
  }

  /** The data that stays, the same when nothing goes; undefined when nothing stays. */
  keep(record: ReceivedRecord): Uint8Array | undefined {
    const control = controlOf(record);
    return control === undefined ? this.#keepMessages(record) : this.#keepWord(record, control);
  }

  #keepMessages(record: ReceivedRecord): Uint8Array | undefined {
    const { identity } = this.#rules;
    const read = readRecord(record);
    if (!read.ok) return record.data;
    const { sourceId } = read.context;
    const space = spacesOf(identity).ofSource(sourceId);
    const gone = new Set<number>();
    for (const [index, message] of read.messages.entries()) {
      const isObject = saidBy(message) !== undefined;
      if (isObject && space !== undefined) scopeMessage(message as Record<string, unknown>, space);
      const keys = keysNamedBy(saidBy(message) ?? {}, sourceId, identity);
      const person = this.#people.findIndex((own) => keys.some((key) => own.has(key)));
      if (person < 0) continue;
      gone.add(index);
      this.counts.set(person, (this.counts.get(person) ?? 0) + 1);
    }
    if (gone.size === 0) return record.data;
    if (gone.size === read.messages.length) return undefined;
    const value = JSON.parse(Buffer.from(record.data).toString()) as unknown[] | { readonly events: unknown[] };
    const left = (messages: readonly unknown[]) => messages.filter((_, index) => !gone.has(index));
    return bytesOf(Array.isArray(value) ? left(value) : { ...value, events: left(value.events) });
  }

  #keepWord(record: ReceivedRecord, control: ControlRecord): Uint8Array | undefined {
    if (control.kind === 'again') {
      const first = firstOf(control);
      const kept = first && this.keep(first);
      if (first === undefined || kept === undefined) return undefined;
      return kept === first.data ? record.data : bytesOf(againRecord(control.to, { ...first, data: kept }));
    }
    if (!this.#names(control)) return record.data;
    const [list, elements] = Object.entries(control).find(([, value]) => Array.isArray(value)) ?? [];
    // A report or a word of an erasure lists keys of one person; a list of others loses those who are named.
    if (list === undefined || control.kind === 'part' || control.kind === 'erase') return undefined;
    const left = (elements as unknown[]).filter((element) => !this.#names(element));
    return left.length === 0 ? undefined : bytesOf({ ...control, [list]: left });
  }

  #names(value: unknown): boolean {
    const text = JSON.stringify(value);
    return this.#people.some((own) => [...own].some((key) => text.includes(JSON.stringify(key))));
  }
}

const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
