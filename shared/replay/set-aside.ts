import type { Days } from '../../schemas/replay.ts';
import type { AgainRecord } from '../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../clean/cleaned-record.ts';
import { againRecord } from '../stream/again.ts';
import { uncompressRecord } from '../stream/compressed-record.ts';
import { controlOf } from '../stream/read-stream.ts';

/** Where Lambda puts batches that it gave up: by mapping, shard and day. */
export const SET_ASIDE = 'aws/lambda/';

/** Whose batch it was. */
export type Consumer = 'lake' | 'profiles' | 'other';

/** A record of a batch that was given up. */
export interface GivenUp extends ReceivedRecord {
  readonly partitionKey: string;
}

/** A record that goes on the stream. */
export interface PutBack {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

export interface PutBackBatch {
  readonly records: readonly PutBack[];
  /** Days of arrival of events that profiles may have counted, or not: nobody knows by their ids any more. */
  readonly tooOld: Days | undefined;
}

/**
 * For so long after its arrival an event that a profile has counted is known by its id, with time to spare for a record that
 * waits on the stream.
 */
const KNOWN_MS = 20 * 3_600_000;

/** The records of an object that Lambda wrote. Throws for another object. */
export function givenUpRecords(object: string): GivenUp[] {
  const { payload } = JSON.parse(object) as { payload?: string | KinesisPayload };
  const event = typeof payload === 'string' ? (JSON.parse(payload) as KinesisPayload) : payload;
  if (event?.Records === undefined) throw new TypeError('This is no batch that was set aside: it has no Records.');
  return event.Records.map(({ eventID, kinesis }) => ({
    data: uncompressRecord(Buffer.from(kinesis.data, 'base64')),
    shardId: eventID.slice(0, eventID.lastIndexOf(':')),
    sequenceNumber: kinesis.sequenceNumber,
    arrivedAt: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    partitionKey: kinesis.partitionKey,
  }));
}

interface KinesisPayload {
  readonly Records?: readonly {
    readonly eventID: string;
    readonly kinesis: {
      readonly data: string;
      readonly sequenceNumber: string;
      readonly partitionKey: string;
      readonly approximateArrivalTimestamp: number;
    };
  }[];
}

/**
 * What of a batch goes on the stream again, so that the consumer that gave it up does what it did not, and no other does
 * anything twice.
 *
 * For the lake every record comes again as it first lay on the stream: its rows have the places that they would have had.
 * For profiles word from Headwater comes again as it is, because it may come any number of times, and events for this
 * consumer alone, as long as those that were counted are known. For others everything comes as it is.
 */
export function putBack(records: readonly GivenUp[], consumer: Consumer, now: number): PutBackBatch {
  const out: PutBack[] = [];
  const old: number[] = [];
  for (const record of records) {
    const { partitionKey, data, arrivedAt } = record;
    const again = (to: AgainRecord['to']) =>
      out.push({ partitionKey, data: Buffer.from(JSON.stringify(againRecord(to, record))) });
    const control = controlOf(record);
    // Whoever waited at a barrier waits no more.
    if (control?.kind === 'barrier') continue;
    if (control?.kind === 'again' || consumer === 'other') out.push({ partitionKey, data });
    else if (consumer === 'lake') again('lake');
    else if (control !== undefined) {
      if (forProfiles.has(control.kind)) out.push({ partitionKey, data });
    } else if (now - arrivedAt > KNOWN_MS) old.push(arrivedAt);
    else again('profiles');
  }
  const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10);
  const tooOld = old.length === 0 ? undefined : { from: dayOf(Math.min(...old)), to: dayOf(Math.max(...old)) };
  return { records: out, tooOld };
}

const forProfiles: ReadonlySet<string> = new Set(['link', 'unlink', 'part', 'tick', 'backfill', 'rebuilt']);

/** The days of both. */
export const joinDays = (one: Days | undefined, other: Days): Days =>
  one === undefined
    ? other
    : { from: one.from < other.from ? one.from : other.from, to: one.to > other.to ? one.to : other.to };
