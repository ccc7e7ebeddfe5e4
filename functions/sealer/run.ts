import { COPY_DAYS, SEALED_BEFORE } from '../../schemas/lake/sealed-tables.ts';
import { eventsLanded, lakeMarks, sealedIds, sealedTwin } from '../../schemas/lake/tables.ts';
import { VISITS_BEFORE } from '../../schemas/lake/visit-table.ts';
import { dayAfter, dayOf, daysBetween } from '../../shared/lake/days.ts';
import { type Mark, markFile, markKey } from '../../shared/lake/marks.ts';
import { readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import { boundaryAt, latestBoundary, withBoundary } from '../../shared/lake/sealing/boundary.ts';
import type { SealingState } from '../../shared/lake/sealing/sealing-state.ts';
import type { Stored } from '../adapters/state-object.ts';
import { landedBefore, withBarrier } from './barrier-wait.ts';
import { gatherVisits } from './gather-visits.ts';
import { daysOf, daysWithFiles, removeDaysBefore } from './lake-days.ts';
import { moveLateRows } from './late-rows.ts';
import { landedFiles, sealTable, sourceOf } from './seal-table.ts';
import type { SealerProps } from './sealer.ts';

/** After midnight, clocks of the stream's shards may differ from ours. */
const SETTLE_MS = 15 * 60_000;

/** Another run has taken over: this one must not go on. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('Another run of the sealer has taken over: this one was at work for longer than a function may be.');
  }
}

/** One run of the sealer, under its lease. */
export class Run {
  readonly #props: SealerProps;
  #held: Stored<SealingState>;

  constructor(props: SealerProps, held: Stored<SealingState>) {
    this.#props = props;
    this.#held = held;
  }

  /** Seals what can be sealed, and no part that would begin after `end`. Throws what its services throw. */
  async until(end: number): Promise<void> {
    const { clock, log } = this.#props;
    let history = await this.#history(SEALED_BEFORE);
    await this.#tidy(history);

    const today = dayOf(clock() - SETTLE_MS);
    let open = await this.#openDays(history, today);
    const landed = open.length > 0 ? await landedBefore(this.#props, this.#held.state.barriers) : undefined;
    for (const day of open.filter((each) => landed !== undefined && each < landed)) {
      if (!(await this.#sealDay(day, end))) break;
      history = await this.#move(SEALED_BEFORE, history, dayAfter(day, 1));
    }
    const isGathered = await this.#gatherVisits(latestBoundary(history) ?? '', end);

    open = open.filter((day) => day >= (latestBoundary(history) ?? ''));
    if (open.length > 0 && (landed === undefined || landed < today)) {
      const barriers = await withBarrier(this.#props, this.#held.state.barriers, today);
      if (barriers !== this.#held.state.barriers) await this.#save({ ...this.#held.state, barriers });
    }
    if (open.length === 0 && isGathered)
      await this.#save({ ...this.#held.state, restUntil: this.#nextWork(history, today) });
    const daysBehind = open[0] === undefined ? 0 : daysBetween(open[0], today);
    log('info', 'The sealer looked for days to seal.', { code: 'sealing', daysBehind });
  }

  /** Lets the next run begin at once. */
  async release(): Promise<void> {
    await this.#save({ ...this.#held.state, leaseUntil: 0 });
  }

  /** When the next day is over, or landed files may go. */
  #nextWork(history: readonly Mark[], today: string): number {
    const { clock, graceMs } = this.#props;
    const removals = history.map(({ effectiveAt }) => effectiveAt + graceMs).filter((time) => time > clock());
    return Math.min(Date.parse(dayAfter(today, 1)) + SETTLE_MS, ...removals);
  }

  async #history(mark: string): Promise<Mark[]> {
    const file = await this.#props.files.read(markKey(mark));
    const history: Mark[] = [];
    if (file === undefined) return history;
    for await (const { columns } of readParquet(file, lakeMarks.columns)) {
      const [, values, times] = columns.map((column) => column.values);
      for (const [at, value] of (values ?? []).entries()) {
        history.push({ value: String(value), effectiveAt: Number(times?.[at]) });
      }
    }
    return history;
  }

  /** Days that are over and not sealed. */
  async #openDays(history: readonly Mark[], today: string): Promise<string[]> {
    const boundary = latestBoundary(history) ?? '';
    return (await daysWithFiles(this.#props)).filter((day) => day >= boundary && day < today);
  }

  /** Seals a day, table by table; tells whether it came to the end. */
  async #sealDay(day: string, end: number): Promise<boolean> {
    const { tables, clock, log } = this.#props;
    const started = clock();
    let before = this.#held.state.progress;
    if (before?.day !== day) before = undefined;
    let done = before?.done ?? [];
    const sum = { landed: 0, sealed: 0 };
    for (const table of tables.filter(({ name }) => !done.includes(name))) {
      const sealed = await sealTable(this.#props, {
        day,
        table,
        progress: before?.table?.name === table.name ? before.table : undefined,
        save: (progress) => this.#save({ ...this.#held.state, progress: { day, done, table: progress } }),
        mayGoOn: () => clock() < end,
      });
      if (sealed === undefined) return false;
      done = [...done, table.name];
      const { sources = {} } = this.#held.state;
      const ofDay = { ...sources[day], [table.name]: sealed.source };
      await this.#save({ ...this.#held.state, progress: { day, done }, sources: { ...sources, [day]: ofDay } });
      sum.landed += sealed.landed;
      sum.sealed += sealed.sealed;
    }
    log('info', 'A day is sealed.', { code: 'day_sealed', day, ...sum, milliseconds: clock() - started });
    return true;
  }

  /** Gathers the visits of sealed days, one by one; tells whether it came to the last. */
  async #gatherVisits(sealedBefore: string, end: number): Promise<boolean> {
    const { clock, log } = this.#props;
    let history = await this.#history(VISITS_BEFORE);
    const done = latestBoundary(history) ?? '';
    const days = (await daysOf(this.#props, sealedTwin(eventsLanded).name)).filter((day) => day < sealedBefore);
    for (const day of days.filter((each) => each >= done)) {
      const started = clock();
      const rows = await gatherVisits(this.#props, day, () => clock() < end);
      if (rows === undefined) return false;
      history = await this.#move(VISITS_BEFORE, history, dayAfter(day, 1));
      log('info', 'The visits of a day are gathered.', {
        code: 'visits_gathered',
        day,
        rows,
        milliseconds: clock() - started,
      });
    }
    return true;
  }

  async #move(mark: string, history: readonly Mark[], day: string): Promise<Mark[]> {
    const { files, clock, graceMs } = this.#props;
    const next = withBoundary(history, day, clock(), graceMs);
    await files.write(markKey(mark), markFile(mark, next));
    return next;
  }

  /** Deletes what no query can ask for any more, also what came to days that were sealed long ago. */
  async #tidy(history: readonly Mark[]): Promise<void> {
    const { tables, clock, graceMs, log } = this.#props;
    const boundary = boundaryAt(history, clock() - graceMs);
    if (boundary === undefined) return;
    const late = await this.#moveLate(boundary);
    let files = 0;
    for (const { name } of tables) files += await removeDaysBefore(this.#props, name, boundary);
    const { sources = {} } = this.#held.state;
    const left = Object.entries(sources).filter(([day]) => day >= boundary);
    if (left.length < Object.keys(sources).length) {
      await this.#save({ ...this.#held.state, sources: Object.fromEntries(left) });
    }
    if (late > 0)
      log('warn', 'Rows that landed on sealed days were moved to today.', { code: 'late_rows', rows: late });
    await removeDaysBefore(this.#props, sealedIds.name, dayAfter(boundary, -COPY_DAYS));
    if (files > 0) log('info', 'Landed files of sealed days were deleted.', { code: 'landed_removed', files });
  }

  /** Saves what landed on days before `boundary` after they were sealed; answers how many rows. */
  async #moveLate(boundary: string): Promise<number> {
    const { tables, clock } = this.#props;
    const openDay = dayOf(clock());
    let moved = 0;
    for (const table of tables) {
      for (const day of (await daysOf(this.#props, table.name)).filter((each) => each < boundary)) {
        const landed = await landedFiles(this.#props, table, day);
        if (landed.length === 0 || this.#held.state.sources?.[day]?.[table.name] === sourceOf(table, landed)) continue;
        moved += await moveLateRows(this.#props, { table, day, landed, openDay });
      }
    }
    return moved;
  }

  async #save(state: SealingState): Promise<void> {
    const etag = await this.#props.states.write(state, this.#held.etag);
    if (etag === undefined) throw new LeaseLostError();
    this.#held = { state, etag };
  }
}
