import { createHash } from 'node:crypto';
import { rawIdOf } from '../../../shared/identity/keys.ts';
import { spacesOf } from '../../../shared/identity/spaces.ts';
import { dayAfter } from '../../../shared/lake/days.ts';
import {
  pathsSql,
  type Search,
  type Sought,
  searchesOf,
  soughtHashes,
  soughtTraits,
} from '../../../shared/lake/erasing/search-sql.ts';
import { retryAfter } from '../retry-after.ts';
import type { LakeErasureState, LakeErasureStep, LakeReach, SearchWindow } from './types.ts';

/** A query that failed, with Athena's reason: trying again would not help. */
export class LakeQueryError extends Error {
  override readonly name = 'LakeQueryError';
}

/** Days that one query reads at first: half as many when Athena stops it for its size. */
const WINDOW_DAYS = 31;
/** Failures after which an operator has to look: an erasure goes on trying. */
const ALARMING = 5;
const SCAN_LIMIT = /bytes scanned limit/i;
const DAY_FOLDER = /^day=(\d{4}-\d{2}-\d{2})$/;

type SearchStep = Extract<LakeErasureStep, { name: 'search' }>;

/** Asks for the files of one table and some days, then hands them over to be looked into. */
export class SearchSteps {
  readonly #reach: LakeReach;
  readonly #searches: readonly Search[];

  constructor(reach: LakeReach) {
    this.#reach = reach;
    this.#searches = searchesOf(reach.tables, reach.allTables);
  }

  async next(state: LakeErasureState, step: SearchStep): Promise<LakeErasureStep | 'wait'> {
    const search = this.#searches[step.at];
    if (search === undefined) return { name: 'traces' };
    const window = step.window ?? (await this.#firstWindow(search));
    if (window === undefined) return { name: 'search', at: step.at + 1 };
    if (step.query === undefined) return await this.#ask(state, step, search, window);
    const found = await this.#reach.athena.look(step.query);
    if (found.state === 'running') return 'wait';
    if (found.state === 'unknown') return { name: 'search', at: step.at, window };
    if (found.state === 'failed') return this.#failed(step, window, found.reason);
    return { name: 'rewrite', at: step.at, window, found: { result: found.output, offset: 0 } };
  }

  async #ask(
    state: LakeErasureState,
    step: SearchStep,
    search: Search,
    window: SearchWindow,
  ): Promise<SearchStep | 'wait'> {
    const { failed } = step;
    if (failed !== undefined && this.#reach.clock() < failed.retryAt) return 'wait';
    return { ...step, window, query: await this.#start(state, search, window, failed?.times ?? 0) };
  }

  /** Asks for fewer days, or once more after a while: a file may have been replaced while the query ran. */
  #failed({ at, failed }: SearchStep, window: SearchWindow, reason: string): SearchStep {
    const less = smaller(window, reason);
    if (less !== undefined) return { name: 'search', at, window: less };
    const times = (failed?.times ?? 0) + 1;
    const level = times < ALARMING ? 'warn' : 'error';
    this.#reach.log(level, 'A search for people in the lake failed.', { code: 'privacy_search_failed', at, times });
    return { name: 'search', at, window, failed: { times, retryAt: this.#reach.clock() + retryAfter(times) } };
  }

  /** Where it goes on when all files of a window are done. */
  after({ at, window }: { readonly at: number; readonly window: SearchWindow }): SearchStep {
    const next = nextWindow(window);
    return next === undefined ? { name: 'search', at: at + 1 } : { name: 'search', at, window: next };
  }

  #start(
    { id, people, pass }: LakeErasureState,
    search: Search,
    window: SearchWindow,
    failures: number,
  ): Promise<string> {
    const { athena, database, workGroup } = this.#reach;
    const sql = pathsSql(search, window, soughtOf(people, id, this.#reach));
    // Whoever asks again after a kill gets the same query, and after a failure another one.
    const token = createHash('sha256').update(`${id} ${pass} ${failures} ${sql}`).digest('hex');
    return athena.start({ sql, database, workGroup, token });
  }

  #firstWindow({ tables }: Search): Promise<SearchWindow | undefined> {
    return firstWindow(
      this.#reach,
      tables.map(({ name }) => name),
    );
  }
}

/** The first days of which any of some tables has files; undefined when none has any. */
export async function firstWindow(
  { files }: Pick<LakeReach, 'files'>,
  tables: readonly string[],
  mostDays = WINDOW_DAYS,
): Promise<SearchWindow | undefined> {
  const folders = await Promise.all(tables.map((name) => files.folders(`${name}/`)));
  const days = folders
    .flat()
    .flatMap((folder) => DAY_FOLDER.exec(folder)?.[1] ?? [])
    .sort();
  return windowFrom(days[0] ?? '9', days.at(-1) ?? '0', mostDays);
}

/** What queries look for, by hashes that differ from one `salt` to the next. */
export function soughtOf(
  people: LakeErasureState['people'],
  salt: string,
  { identity }: Pick<LakeReach, 'identity'>,
): Sought {
  const keys = [...new Set(people.flatMap((person) => person.keys))];
  const ids = people.flatMap((person) => person.profileIds);
  const { ofId } = spacesOf(identity);
  const spaces = [...new Set(keys.flatMap((key) => ofId(rawIdOf(key)) ?? []))];
  const traits = soughtTraits(keys, identity.externalTraits);
  return { hashes: soughtHashes([...keys, ...ids], salt), salt, traits, spaces };
}

/** The days that follow, as many at a time; undefined when there are none. */
export const nextWindow = (window: SearchWindow): SearchWindow | undefined =>
  windowFrom(dayAfter(window.to, 1), window.last, daysOf(window));

function windowFrom(from: string, last: string, days: number): SearchWindow | undefined {
  if (from > last) return undefined;
  const to = dayAfter(from, days - 1);
  return { from, to: to < last ? to : last, last };
}

const daysOf = ({ from, to }: SearchWindow): number => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;

/** Fewer days, when Athena stopped a query for its size; undefined when that would not help. */
export function smaller(window: SearchWindow, reason: string): SearchWindow | undefined {
  const days = daysOf(window);
  return SCAN_LIMIT.test(reason) && days > 1
    ? { ...window, to: dayAfter(window.from, Math.floor(days / 2) - 1) }
    : undefined;
}
