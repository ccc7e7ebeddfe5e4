import { spaceRulesOf } from '../../shared/clean/clean-record.ts';
import { anotherTry } from '../../shared/replay/another-try.ts';
import { addCounts, listAnew, type ReplayJob } from '../../shared/replay/job.ts';
import { failedRowOf } from '../../shared/replay/result-rows.ts';
import { partitionKeyOf } from '../../shared/stream/pack-control.ts';
import { ServiceError } from '../adapters/signed-http.ts';
import type { StreamRecord } from '../adapters/store-in-order.ts';
import type { LakeSteps, Step } from './lake-steps.ts';
import type { Reach } from './reach.ts';

/** Failed events of one step. */
const ROWS = 500;
const PUT_MS = 15_000;

/** Runs failed events again: those that pass today go on the stream, where every consumer finds them. */
export class FailedSteps {
  readonly #reach: Reach;
  readonly #lake: LakeSteps;

  constructor(reach: Reach, lake: LakeSteps) {
    this.#reach = reach;
    this.#lake = lake;
  }

  async retry(job: ReplayJob, step: Step<'retry'>): Promise<ReplayJob> {
    let chunk: Awaited<ReturnType<ReturnType<LakeSteps['rowsOf']>['chunk']>>;
    try {
      chunk = await this.#lake.rowsOf(step.file).chunk(step.offset, ROWS);
    } catch (error) {
      if (!(error instanceof ServiceError) || error.name !== 'NoSuchKey') throw error;
      return listAnew(job);
    }
    if (chunk.rows.length === 0) return { ...job, step: { name: 'done' } };
    const counts: Record<string, number> = {};
    const count = (what: string) => {
      counts[what] = (counts[what] ?? 0) + 1;
    };
    const records: StreamRecord[] = [];
    const rules = spaceRulesOf(this.#reach.identity);
    for (const cells of chunk.rows) {
      const row = failedRowOf(cells);
      const found = row.isKnown ? undefined : anotherTry(row, job.id, rules);
      const outcome = found === undefined ? 'known' : found.passes ? 'passes' : 'fails';
      for (const what of ['read', outcome]) {
        count(what);
        count(`${what}:${row.reason}`);
      }
      if (found === undefined || !found.passes) continue;
      const partitionKey = found.profileKey === undefined ? `r${row.sequenceNumber}` : partitionKeyOf(found.profileKey);
      records.push({ partitionKey, data: Buffer.from(JSON.stringify(found.envelope)) });
    }
    const { putRecords, clock } = this.#reach;
    if (records.length > 0 && !job.request.isDry) await putRecords(records, clock() + PUT_MS);
    return { ...job, counts: addCounts(job.counts, counts), step: { ...step, offset: chunk.end } };
  }
}
