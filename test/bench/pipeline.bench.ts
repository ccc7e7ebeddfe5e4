import { randomUUID } from 'node:crypto';
import type { Context, KinesisStreamRecord } from 'aws-lambda';
import { createAudienceStore } from '../../functions/adapters/audience-store.ts';
import type { DynamoDb, Item } from '../../functions/adapters/dynamodb.ts';
import { createPrivacyGate } from '../../functions/adapters/privacy-gate.ts';
import { createProfileStore } from '../../functions/adapters/profile-store.ts';
import type { StreamRecord } from '../../functions/adapters/store-in-order.ts';
import { createAudienceWriter } from '../../functions/audience-writer/audience-writer.ts';
import { collector } from '../../functions/collector/collector.ts';
import type { HttpEvent } from '../../functions/middleware/http.ts';
import { createProfileUpdater } from '../../functions/profile-updater/profile-updater.ts';
import { settingsOf } from '../../infra/config.ts';
import { writeScopes } from '../../schemas/access-key.ts';
import { segmentMessage } from '../../schemas/event/message.ts';
import { openPrivacy } from '../../schemas/privacy-settings.ts';
import type { Transition } from '../../schemas/stream/control.ts';
import { cleanRulesOf } from '../../shared/clean/clean-record.ts';
import { builtInCatalog } from '../../shared/segments/built-in-catalog.ts';
import type { CatalogBody } from '../../shared/segments/catalog-body.ts';
import { packControl } from '../../shared/stream/pack-control.ts';
import { MemoryDynamoDb } from '../functions/adapters/memory-dynamodb.ts';
import { settingsKeys } from '../functions/settings-keys.ts';
import { type Benchmark, median, secondsOf } from './figure.ts';
import { storeMessages } from './messages.ts';

const EVENTS = 40_000;
const EVENTS_A_REQUEST = 20;
const RECORDS_A_BATCH = settingsOf('prod').profileUpdater.batchSize;
const ROUNDS = 5;

/** RudderStack's published figure for its gateway and Node transformer on 2 cores, in events a second. */
const RUDDERSTACK = 1_700;

/** Collector, clean and fold in this process on one core; the SDK's clients are replaced at their edge. */
export const pipeline: Benchmark = {
  name: 'pipeline',
  async run(progress) {
    const { inBatches, oneByOne, bytes } = storeRequests();
    progress(`${EVENTS} messages of the demo store, ${Math.round(bytes / EVENTS)} bytes each`);
    const ours: Run[] = [];
    const bare: Run[] = [];
    const naive: Run[] = [];
    const parsing: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await measure(EVENTS, inBatches, RECORDS_A_BATCH, builtInCatalog().body));
      bare.push(await measure(EVENTS, inBatches, RECORDS_A_BATCH, noSegments));
      naive.push(await measure(oneByOne.length, oneByOne, 1, noSegments, (body) => void segmentMessage.parse(body)));
      parsing.push(
        (await secondsOf(() => oneByOne.forEach(({ body = '' }) => void JSON.parse(body)))) / oneByOne.length,
      );
      progress(`round ${round + 1} of ${ROUNDS}: ${Math.round(rate(ours.at(-1) as Run))} events/s`);
    }
    const perEvent = (runs: readonly Run[], part: 'collecting' | 'folding') =>
      median(runs.slice(1).map((run) => (run[part] / EVENTS) * 1e6));
    const value = median(ours.slice(1).map(rate));
    const [last, lastBare] = [ours.at(-1) as Run, bare.at(-1) as Run];
    return [
      {
        what: 'collector + clean + fold + built-in segments, one core',
        value,
        unit: 'events/s',
        bound: { kind: 'at least', value: 10 * RUDDERSTACK },
        peer: { what: 'one zod parse and one write an event, no segments', value: median(naive.slice(1).map(rate)) },
      },
      {
        what: '  without segments',
        value: median(bare.slice(1).map(rate)),
        unit: 'events/s',
        bound: { kind: 'at least', value: 20 * RUDDERSTACK },
      },
      { what: '  JSON.parse of a message, to tell the machine', value: median(parsing) * 1e6, unit: 'µs/event' },
      { what: '  of which the collector', value: perEvent(ours, 'collecting'), unit: 'µs/event' },
      { what: '  of which clean, fold, segments and encode', value: perEvent(ours, 'folding'), unit: 'µs/event' },
      { what: '  the same without segments', value: perEvent(bare, 'folding'), unit: 'µs/event' },
      {
        what: 'profile writes a touched profile and batch',
        value: last.writes / last.touched,
        unit: '',
        bound: { kind: 'at most', value: 1 },
      },
      { what: 'records of identity and segments, 1,000 events', value: (last.said / last.events) * 1000, unit: '' },
      {
        what: 'DynamoDB write units an entry or exit',
        value: (await audienceUnits(last.transitions)) / last.transitions.flat().length,
        unit: 'WCU',
      },
      {
        what: 'DynamoDB write units, 1,000 events, without segments',
        value: (lastBare.writeUnits / lastBare.events) * 1000,
        unit: 'WCU',
      },
      {
        what: 'DynamoDB write units, 1,000 events',
        value: (last.writeUnits / last.events) * 1000,
        unit: 'WCU',
        peer: {
          what: 'one write an event',
          value: ((naive.at(-1) as Run).writeUnits / (naive.at(-1) as Run).events) * 1000,
        },
      },
    ];
  },
};

interface Run {
  readonly events: number;
  /** Seconds. */
  readonly collecting: number;
  readonly folding: number;
  readonly writes: number;
  /** Profiles of each batch that were written, summed. */
  readonly touched: number;
  /** Records of links, reports and transitions. */
  readonly said: number;
  readonly writeUnits: number;
  /** What each batch says of who entered and exited. */
  readonly transitions: readonly (readonly Transition[])[];
}

const noSegments: CatalogBody = { ...builtInCatalog().body, entries: [] };

const rate = ({ events, collecting, folding }: Run): number => events / (collecting + folding);

const key = 'wk_bench';
const keys = settingsKeys({ bench: key }, writeScopes);

/** Requests as text, so that the garbage collector finds no more in this process than in a function's. */
function storeRequests() {
  const messages = storeMessages(EVENTS, new Date());
  const inBatches: HttpEvent[] = [];
  for (let at = 0; at < messages.length; at += EVENTS_A_REQUEST) {
    inBatches.push(request('/v1/batch', { batch: messages.slice(at, at + EVENTS_A_REQUEST) }));
  }
  // The way of a first version: a request, a zod parse, a record, a read and a write for each event.
  const oneByOne = messages.slice(0, EVENTS / 4).map((message) => request(`/v1/${message.type}`, message));
  return { inBatches, oneByOne, bytes: Buffer.byteLength(JSON.stringify(messages)) };
}

const identity = { externalTraits: ['email', 'phone'], blockedIds: [] };

async function measure(
  events: number,
  requests: readonly HttpEvent[],
  recordsABatch: number,
  segments: CatalogBody,
  check: (body: unknown) => void = () => undefined,
): Promise<Run> {
  const stored: StreamRecord[] = [];
  const collect = collector({
    keys,
    privacy: openPrivacy,
    put: async (records) => {
      stored.push(...records);
      return records.map(() => undefined);
    },
  });
  const collecting = await secondsOf(async () => {
    for (const event of requests) {
      if (recordsABatch === 1) check(JSON.parse(event.body ?? ''));
      const { statusCode } = await collect(event, context);
      if (statusCode !== 200) throw new Error(`The collector answered ${statusCode}.`);
    }
  });

  const table = stubTable();
  // What the updater says to the stream comes back to it, as on AWS.
  const waiting: StreamRecord[] = [];
  const transitions: Transition[][] = [];
  const update = createProfileUpdater({
    store: createProfileStore(table.client, 'profiles'),
    stream: {
      publish: async (records) => {
        for (const record of records) if (record.kind === 'transitions') transitions.at(-1)?.push(...record.items);
        waiting.push(...packControl(records));
      },
    },
    due: { arm: async () => undefined },
    haveHeard: async () => true,
    barriers: { markBarrier: async () => undefined },
    catalog: { readRevision: async () => 1, readBody: async () => segments },
    identity,
    rules: cleanRulesOf(openPrivacy, {}),
    register: { read: async () => new Map() },
    gate: createPrivacyGate({ read: async () => new Map(), noteConsent: async () => undefined }, openPrivacy, identity),
    clock: Date.now,
    newToken: randomUUID,
    log: (level, message) => {
      if (level !== 'info') throw new Error(message);
    },
  });
  const batches: KinesisStreamRecord[][] = [];
  for (let at = 0; at < stored.length; at += recordsABatch) {
    batches.push(stored.slice(at, at + recordsABatch).map((record, place) => kinesisRecord(record, 2 * at + place)));
  }
  let touched = 0;
  let said = 0;
  const folding = await secondsOf(async () => {
    for (const [at, batch] of batches.entries()) {
      transitions.push([]);
      const place = 2 * (at + 1) * recordsABatch;
      const Records = [...batch, ...waiting.splice(0).map((record, n) => kinesisRecord(record, place + n))];
      said += Records.length - batch.length;
      await update({ Records });
      touched += table.written();
    }
  });
  const { writes, writeUnits } = table;
  return { events, collecting, folding, touched, said, writes: writes(), writeUnits: writeUnits(), transitions };
}

interface StoreInput {
  readonly RequestItems?: Record<string, { Keys: { id: { S: string } }[] }>;
  readonly Item?: Item;
}

/** A table in memory that takes each version after the one before, and counts writes and write units. */
function stubTable() {
  const items = new Map<string, Item>();
  let writes = 0;
  let writeUnits = 0;
  const batch = new Set<string>();
  const send = async (_: string, input: StoreInput) => {
    if (input.RequestItems) {
      const { Keys } = Object.values(input.RequestItems)[0] ?? { Keys: [] };
      return { Responses: { profiles: Keys.flatMap(({ id }) => items.get(id.S) ?? []) } };
    }
    const item = input.Item ?? {};
    const id = item.id?.S ?? '';
    if (Number(items.get(id)?.version?.N ?? 0) !== Number(item.version?.N) - 1) {
      throw new Error(`A write on ${id} came out of order.`);
    }
    items.set(id, item);
    writes += 1;
    batch.add(id);
    writeUnits += Math.ceil(sizeOf(item) / 1024);
    return {};
  };
  /** Profiles written since it was last asked. */
  const written = () => {
    const { size } = batch;
    batch.clear();
    return size;
  };
  return { client: send as unknown as DynamoDb, written, writes: () => writes, writeUnits: () => writeUnits };
}

/** Write units of members, counts and lists, when each batch's transitions are one batch of the audience-writer. */
async function audienceUnits(batches: readonly (readonly Transition[])[]): Promise<number> {
  const table = new MemoryDynamoDb('pk', 'sk');
  let units = 0;
  const count = (item: Item) => {
    units += Math.ceil(sizeOf(item) / 1024);
  };
  const dynamoDb: DynamoDb = (operation, input) => {
    if ('Item' in input) count(input.Item);
    for (const requests of Object.values('RequestItems' in input ? input.RequestItems : {})) {
      if (Array.isArray(requests)) for (const { PutRequest } of requests) count(PutRequest.Item);
    }
    return table.client(operation, input);
  };
  const store = createAudienceStore(dynamoDb, 'audience', Date.now);
  const write = createAudienceWriter({
    store,
    send: async () => undefined,
    barriers: { markBarrier: async () => undefined },
    log: () => undefined,
  });
  for (const [at, items] of batches.entries()) {
    const packed = packControl([{ v: 1, kind: 'transitions', items }]);
    await write({ Records: packed.map((record, place) => kinesisRecord(record, 1_000 * at + place)) });
  }
  return units;
}

function sizeOf(item: Item): number {
  let bytes = 0;
  for (const name in item) {
    const { S, N, B } = item[name] ?? {};
    bytes += name.length + (S ?? N ?? '').length + Buffer.byteLength(B ?? '', 'base64');
  }
  return bytes;
}

const context = { getRemainingTimeInMillis: () => 10_000 } as Context;

function request(path: string, body: object): HttpEvent {
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: {
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    requestContext: { requestId: 'bench', http: { method: 'POST', path, sourceIp: '203.0.113.9', userAgent: 'bench' } },
    body: JSON.stringify({ ...body, sentAt: new Date().toISOString() }),
    isBase64Encoded: false,
  } as unknown as HttpEvent;
}

function kinesisRecord({ partitionKey, data }: StreamRecord, index: number): KinesisStreamRecord {
  const sequenceNumber = `4${String(index).padStart(55, '0')}`;
  return {
    eventID: `shardId-000000000000:${sequenceNumber}`,
    kinesis: {
      partitionKey,
      sequenceNumber,
      data: Buffer.from(data).toString('base64'),
      approximateArrivalTimestamp: Date.now() / 1000,
    },
  } as KinesisStreamRecord;
}
