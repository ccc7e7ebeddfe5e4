import { readdirSync } from 'node:fs';
import path from 'node:path';
import { localEnvironment, rowsOf } from '../query/athena-process.ts';
import type { AskApi } from './api.ts';
import type { AwsTool } from './aws-tool.ts';
import { allRows, compareLake, type Query } from './compare-lake.ts';
import { compareProfiles } from './compare-profiles.ts';
import { compareTransitions } from './compare-transitions.ts';
import type { Comparison } from './difference.ts';
import type { Ledger } from './ledger.ts';
import { takeAll } from './queue.ts';
import type { RuntimeControl } from './runtime-control.ts';
import type { Sealing } from './sealing.ts';
import type { StreamTruth } from './stream.ts';

/** A queue with more transitions than these is not emptied: each call takes milliseconds. */
const MOST_QUEUED = 100_000;

/** What is found beside what differs. */
export interface Found {
  /** Copies of events on the stream, and records that nobody can read. */
  readonly stream: { readonly copies: number; readonly unreadable: number };
  /** Batches that a consumer gave up. */
  readonly setAside: number;
}

export const queryOf =
  (runtime: RuntimeControl): Query =>
  (sql) =>
    rowsOf(sql, 'local', localEnvironment(runtime.about().gatewayUrl)) as ReturnType<Query>;

export interface Reach {
  readonly aws: AwsTool;
  readonly ask: AskApi;
  readonly dataDir: string;
  readonly sealing: Sealing;
  readonly onCompared: (done: number, people: number) => void;
}

/** Compares all that came of the events with the ledger, while the runtime is at rest. */
export async function compareAll(
  ledger: Ledger,
  runtime: RuntimeControl,
  stream: StreamTruth,
  { aws, ask, dataDir, sealing, onCompared }: Reach,
  comparison: Comparison,
): Promise<Found> {
  const { queueUrl, failureBuckets } = runtime.about();
  const query = queryOf(runtime);
  await sealing.compare(query, comparison);
  await compareLake(ledger, stream, query, comparison);
  const [[transitions] = []] = await allRows(query('SELECT count(*) FROM transitions'));
  const queued = Number(transitions) <= MOST_QUEUED ? await takeAll(aws, queueUrl) : undefined;
  await compareTransitions(ledger, query, ask, queued, comparison);
  await compareProfiles(ledger, ask, comparison, onCompared);

  const setAside = failureBuckets.flatMap((bucket) => batchesIn(path.join(dataDir, 's3', bucket))).length;
  if (setAside > 0) comparison.wrong('batches that a consumer gave up', setAside);
  for (const denied of await runtime.ask<string[]>('denied')) comparison.wrong('denied', denied);
  const copies = [...stream.copies.values()].reduce((sum, n) => sum + n, 0);
  return { stream: { copies, unreadable: stream.unreadable.size }, setAside };
}

/** Files under the prefix below which Lambda sets batches aside. */
function batchesIn(bucket: string): readonly string[] {
  try {
    const entries = readdirSync(path.join(bucket, 'aws', 'lambda'), { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
