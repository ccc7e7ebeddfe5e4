import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Calendar } from './calendar.ts';
import { allRows, type Query } from './compare-lake.ts';
import type { Comparison } from './difference.ts';
import type { RuntimeControl } from './runtime-control.ts';

/** The sealer runs so often on AWS: each run is so much later by a clock of its own. */
const BEAT_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
/** By then landed files of the evening may go, which stay for a day after they were sealed. */
const NEXT_MORNING_MS = DAY_MS + 8 * 3_600_000;
const MOST_RUNS = 30;
/** Between two runs, so that barriers come through meanwhile: in a full stream, and in an empty one. */
const PAUSE_MS = 2_000;
const SHORT_PAUSE_MS = 500;

/** Lets the sealer run on the two days of a torture, by a clock of its own. */
export class Sealing {
  /** Runs that came to their end, and those that failed or were killed. */
  readonly runs = { done: 0, failed: 0 };
  readonly #runtime: RuntimeControl;
  readonly #calendar: Calendar;
  readonly #lake: string;
  /** When the next run begins, by the sealer's clock. */
  #at = 0;

  constructor(runtime: RuntimeControl, calendar: Calendar, dataDir: string) {
    this.#runtime = runtime;
    this.#calendar = calendar;
    const buckets = path.join(dataDir, 's3');
    this.#lake = path.join(buckets, readdirSync(buckets).find((name) => name.includes('lakebucket')) ?? '');
  }

  /** Seals the evening's day while events of the next arrive. */
  async sealEvening(): Promise<void> {
    const { now, midnight } = this.#calendar;
    await this.#runUntil(now(), PAUSE_MS, () => this.#rests() && this.#has('events_sealed', dayOf(midnight - 1)));
  }

  /** Seals the next day too, when all is processed, and deletes what landed on the first. */
  async sealAll(): Promise<void> {
    const { midnight } = this.#calendar;
    await this.#runUntil(
      midnight + NEXT_MORNING_MS,
      SHORT_PAUSE_MS,
      () => this.#rests() && this.#has('events_sealed', dayOf(midnight)) && this.#landedBefore() === 0,
    );
  }

  /** Compares what views read: sealed days alone. */
  async compare(query: Query, comparison: Comparison): Promise<void> {
    const next = dayOf(this.#calendar.midnight + DAY_MS);
    const [[sealed, visits] = []] = await allRows(query('SELECT sealed_before, visits_before FROM sealing'));
    comparison.equal('the day before which all is sealed', [next, next], [sealed, visits]);
    comparison.equal('tables with landed files of a day that was sealed a day ago', 0, this.#landedBefore());
  }

  async #runUntil(from: number, pauseMs: number, isDone: () => boolean): Promise<void> {
    this.#at = Math.max(this.#at, from);
    for (let run = 0; run < MOST_RUNS && !isDone(); run += 1) {
      const shiftMs = Math.round(this.#at - Date.now());
      this.#at += BEAT_MS;
      const isOk = await this.#runtime.ask<boolean>({ seal: true, shiftMs });
      this.runs[isOk ? 'done' : 'failed'] += 1;
      await sleep(pauseMs);
    }
  }

  /** Whether the last run found nothing left to do. */
  #rests(): boolean {
    const file = path.join(this.#lake, 'sealing', 'state.json');
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).restUntil !== undefined;
  }

  /** Tables that have landed files of the evening. */
  #landedBefore(): number {
    const evening = dayOf(this.#calendar.midnight - 1);
    return readdirSync(this.#lake).filter((table) => table.endsWith('_landed') && this.#has(table, evening)).length;
  }

  #has(table: string, day: string): boolean {
    const folder = path.join(this.#lake, table, `day=${day}`);
    return existsSync(folder) && readdirSync(folder).length > 0;
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
