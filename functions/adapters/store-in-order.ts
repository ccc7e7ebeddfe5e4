import { setTimeout } from 'node:timers/promises';

export interface StreamRecord {
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

/** Puts records; answers the error code of each by position, undefined where it is stored. Throws when none may be. */
export type PutRecords = (
  records: readonly StreamRecord[],
  signal: AbortSignal,
) => Promise<readonly (string | undefined)[]>;

/** Limits of one PutRecords call. AWS allows 10 MiB since 2025, 5 MiB before. */
const MAX_RECORDS_A_CALL = 500;
const MAX_BYTES_A_CALL = 4_500_000;

const FIRST_PAUSE_MS = 40;
const LONGEST_PAUSE_MS = 1000;

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'KMSThrottlingException',
  'ThrottlingException',
]);

/** What passes while records are resent. */
export interface Passing {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** At least 0, less than 1. */
  readonly random: () => number;
}

const passing: Passing = { now: Date.now, sleep: setTimeout, random: Math.random };

/** Some records could not be stored in time; the others are. Sending all again is safe: each event counts once by its messageId. */
export class NotStoredError extends Error {
  override readonly name = 'NotStoredError';
  /** Whether throttling was the only reason. */
  readonly throttled: boolean;
  readonly codes: readonly string[];

  constructor(codes: readonly string[]) {
    super(`${codes.length} records could not be stored: ${[...new Set(codes)].join(', ')}.`);
    this.codes = codes;
    this.throttled = codes.every((code) => throttles.has(code));
  }
}

/**
 * Stores every record or throws `NotStoredError`; resends what failed, by position, until `deadline` (ms since 1970).
 *
 * Records of one partition key keep their order: PutRecords may store a later record of a call and refuse an earlier
 * one, so the second record of a key is sent only when the first is stored.
 */
export async function storeInOrder(
  put: PutRecords,
  records: readonly StreamRecord[],
  deadline: number,
  time = passing,
): Promise<void> {
  for (const round of rounds(records)) await storeRound(put, round, deadline, time);
}

/** Splits records so that no round has two of one partition key. */
function rounds(records: readonly StreamRecord[]): StreamRecord[][] {
  const seen = new Map<string, number>();
  const found: StreamRecord[][] = [];
  for (const record of records) {
    const round = seen.get(record.partitionKey) ?? 0;
    seen.set(record.partitionKey, round + 1);
    if (found[round]) found[round].push(record);
    else found.push([record]);
  }
  return found;
}

async function storeRound(
  put: PutRecords,
  round: readonly StreamRecord[],
  deadline: number,
  time: Passing,
): Promise<void> {
  let waiting = round;
  let reasons: string[] = [];
  for (let attempt = 0; ; attempt += 1) {
    const codes: string[] = [];
    const refused: StreamRecord[] = [];
    for (const call of calls(waiting)) {
      const results = await attemptCall(put, call, deadline - time.now());
      results.forEach((code, position) => {
        const record = call[position];
        if (code === undefined || record === undefined) return;
        codes.push(code);
        refused.push(record);
      });
    }
    if (refused.length === 0) return;
    // An attempt that time cut short says less than the one before it.
    const isCut = attempt > 0 && time.now() >= deadline;
    reasons = isCut ? reasons : codes;
    const pause = time.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
    if (time.now() + pause >= deadline) throw new NotStoredError(reasons);
    await time.sleep(pause);
    waiting = refused;
  }
}

async function attemptCall(
  put: PutRecords,
  call: readonly StreamRecord[],
  left: number,
): Promise<readonly (string | undefined)[]> {
  if (left <= 0) return call.map(() => 'OutOfTime');
  try {
    return await put(call, AbortSignal.timeout(left));
  } catch (error) {
    const name = error instanceof Error ? error.name : 'UnknownError';
    return call.map(() => name);
  }
}

/** Cuts records into calls within the limits of PutRecords. */
function calls(records: readonly StreamRecord[]): StreamRecord[][] {
  const cut: StreamRecord[][] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.data.byteLength + Buffer.byteLength(record.partitionKey);
    const last = cut.at(-1);
    if (last && last.length < MAX_RECORDS_A_CALL && bytes + size <= MAX_BYTES_A_CALL) {
      last.push(record);
      bytes += size;
    } else {
      cut.push([record]);
      bytes = size;
    }
  }
  return cut;
}
