import { Random } from '../demo/random.ts';
import type { Next } from '../gateway/stations.ts';
import type { AwsAnswer, AwsCall } from '../gateway/types.ts';
import { jsonAnswer } from '../services/errors.ts';

/** Share of what one call asks for that is left undone. */
const UNDONE = 0.4;

type Entries = readonly unknown[];

/** How an operation is asked for several things, and how it says which it left undone. */
interface InParts {
  readonly entriesOf: (input: never) => Entries;
  /** The input with these entries alone. */
  readonly asking: (input: never, entries: Entries) => object;
  /** The answer to the whole, from the one to the part; `output` is missing when nothing was asked. */
  readonly answer: (output: never, entries: Entries, isUndone: (place: number) => boolean) => object;
}

interface ByTable {
  readonly RequestItems: Readonly<Record<string, unknown>>;
}

const refusal = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded for shard.' };

const putRecords: InParts = {
  entriesOf: ({ Records }: { Records: Entries }) => Records,
  asking: (input: object, Records) => ({ ...input, Records }),
  answer: (output: { Records: Entries; FailedRecordCount: number } | undefined, entries, isUndone) => {
    const done = (output?.Records ?? []).values();
    const Records = entries.map((_, place) => (isUndone(place) ? refusal : done.next().value));
    const undone = entries.filter((_, place) => isUndone(place)).length;
    return { ...output, Records, FailedRecordCount: (output?.FailedRecordCount ?? 0) + undone };
  },
};

interface TableEntry {
  readonly table: string;
  readonly one: unknown;
}

/** A batch of DynamoDB: a list for each table, which stands in the table's request in one of two ways. */
function batch(
  undone: 'UnprocessedItems' | 'UnprocessedKeys',
  listOf: (request: never) => Entries,
  requestOf: (request: never, list: Entries) => unknown,
): InParts {
  const grouped = (input: ByTable, entries: readonly TableEntry[]) => {
    const tables = Object.entries(input.RequestItems).map(([table, request]): [string, Entries, unknown] => {
      const list = entries.filter((entry) => entry.table === table).map(({ one }) => one);
      return [table, list, requestOf(request as never, list)];
    });
    return Object.fromEntries(
      tables.filter(([, list]) => list.length > 0).map(([table, , request]) => [table, request]),
    );
  };
  let asked: ByTable;
  return {
    entriesOf: (input: ByTable) =>
      Object.entries(input.RequestItems).flatMap(([table, request]) =>
        listOf(request as never).map((one): TableEntry => ({ table, one })),
      ),
    asking: (input: ByTable, entries) => {
      asked = input;
      return { ...input, RequestItems: grouped(input, entries as TableEntry[]) };
    },
    answer: (output: Record<string, object>, entries, isUndone) => ({
      ...output,
      [undone]: {
        ...output[undone],
        ...grouped(
          asked,
          (entries as TableEntry[]).filter((_, place) => isUndone(place)),
        ),
      },
    }),
  };
}

const messages: InParts = {
  entriesOf: ({ Entries }: { Entries: Entries }) => Entries,
  asking: (input: object, Entries) => ({ ...input, Entries }),
  answer: (output: { Failed?: Entries } | undefined, entries, isUndone) => {
    const undone = (entries as { Id: string }[]).filter((_, place) => isUndone(place));
    const failed = undone.map(({ Id }) => ({ Id, Code: 'InternalError', Message: 'Try again.', SenderFault: false }));
    return { Successful: [], ...output, Failed: [...(output?.Failed ?? []), ...failed] };
  },
};

/** A table for each call: what a batch was asked is needed for its answer. */
const operations: Readonly<Record<string, () => InParts>> = {
  PutRecords: () => putRecords,
  BatchWriteItem: () =>
    batch(
      'UnprocessedItems',
      (requests: Entries) => requests,
      (_, list) => list,
    ),
  BatchGetItem: () =>
    batch(
      'UnprocessedKeys',
      ({ Keys }: { Keys: Entries }) => Keys,
      (request: object, Keys) => ({ ...request, Keys }),
    ),
  SendMessageBatch: () => messages,
  DeleteMessageBatch: () => messages,
};

/**
 * Lets a service do a part of what it is asked, chosen by the seed, and says of the rest what the service says. DynamoDB
 * does at least one thing, or throttles the whole.
 */
export async function doneInPart(call: AwsCall, next: Next, seed: string): Promise<AwsAnswer> {
  const parts = operations[call.operation]?.();
  if (parts === undefined) return next(call);
  const input = JSON.parse(call.body.toString()) as never;
  const entries = parts.entriesOf(input);
  const random = new Random(seed);
  const undone = new Set(entries.keys().filter(() => random.chance(UNDONE)));
  if (undone.size === 0 && entries.length > 0) undone.add(random.integer(0, entries.length - 1));
  if (call.service === 'dynamodb' && undone.size === entries.length) undone.delete(0);
  const done = entries.filter((_, place) => !undone.has(place));
  const asking = parts.asking(input, done);
  const version = call.service === 'kinesis' ? '1.1' : '1.0';
  const isUndone = (place: number) => undone.has(place);
  if (done.length === 0) return jsonAnswer(parts.answer(undefined as never, entries, isUndone), 200, version);
  const answer = await next({ ...call, body: Buffer.from(JSON.stringify(asking)) });
  if (answer.status !== 200) return answer;
  return jsonAnswer(parts.answer(JSON.parse(answer.body.toString()) as never, entries, isUndone), 200, version);
}
