import { type TrainingTableName, trainingPrefix } from '../../../schemas/lake/training-tables.ts';
import { defaultBlend, type Quality } from '../model.ts';
import { contentUnload } from './content-seam.ts';
import { EASE_AT_ONCE, easeTrials, insteadOfEase } from './ease-steps.ts';
import { type Form, RECENT_ITEMS, untuned } from './form.ts';
import { historiesSelect, itemsSelect } from './histories-sql.ts';
import { contendersSelect, popularSelect } from './metrics-sql.ts';
import { allNeighboursSelect, isAddedOnce, neighboursSelect, weightsSelect } from './neighbours-sql.ts';
import type { AnswerRow, Ask, Trained, TrainingJob } from './plan.ts';
import { MOST_PARTS, PAIRS_AT_ONCE } from './rules.ts';
import { quoted } from './sql-text.ts';
import { sampleSelect, trialSelect } from './trials-sql.ts';
import {
  again,
  better,
  blends,
  coarse,
  decays,
  type Found,
  fine,
  moreOrder,
  order,
  qualities,
  qualityOf,
  type Round,
} from './tuning.ts';

export interface Step {
  readonly name: string;
  readonly doing: string;
  readonly ask: Ask;
  /** Steps from this one to the end, as far as is known. */
  readonly left: number;
}

type Steps<Result> = Generator<Step, Result, readonly AnswerRow[]>;

const nothing: Quality = { recall: 0, ndcg: 0, hitRate: 0, map: 0, coverage: 0, novelty: 0 };

/** Rows of a trial that a millisecond of the budget buys. */
const ROWS_A_MILLISECOND = 2_000;
/** Rows of one query of a trial. */
const ROWS_AT_ONCE = 6_000_000;
const MOST_VALIDATED = 3_000;
/** People below which a validation split says too little. */
const LEAST_PEOPLE = 20;
/** People who are validated whatever it costs, and those of them on whom order is tried. */
const LEAST_VALIDATED = 200;
const LEAST_ORDERED = 60;

const unload = (
  name: string,
  doing: string,
  table: TrainingTableName,
  run: string,
  sql: string,
  left: number,
): Step => ({
  name,
  doing,
  left,
  ask: { kind: 'unload', table, folder: trainingPrefix(table, run, name.replaceAll(' ', '-')), sql },
});
const select = (name: string, doing: string, sql: string, left: number): Step => ({
  name,
  doing,
  left,
  ask: { kind: 'select', sql },
});

/** The steps of a training, each with what it asks; it is given the answer, and returns what was trained. */
export function* trainingSteps(job: TrainingJob, milliseconds: Readonly<Record<string, number>>): Steps<Trained> {
  const { run } = job;
  yield unload('items', 'counting items', 'training_items', run, itemsSelect(job), 20);
  yield unload('histories', 'ordering histories', 'training_interactions', run, historiesSelect(job), 19);
  const [counts] = yield select('summary', 'counting pairs', summarySelect(run), 18);
  const [people = 0, items = 0, interactions = 0, pairs = 0, samples = 0] = (counts ?? []).map((cell) =>
    Number(cell ?? 0),
  );
  const parts = Math.max(1, Math.min(MOST_PARTS, Math.ceil(pairs / (job.pairsAtOnce ?? PAIRS_AT_ONCE))));
  const note = job.method === 'ease' ? insteadOfEase(items) : undefined;
  const isEaseAlone = job.method === 'ease' && note === undefined;
  const isEaseTried = interactions > 0 && (isEaseAlone || (job.method === 'best' && items <= EASE_AT_ONCE));
  const tuned = interactions === 0 ? undefined : yield* tune(job, samples, parts + 2, milliseconds, isEaseAlone);
  const form = tuned?.best.form ?? job.form ?? untuned;
  const most = job.neighbours ?? 500;
  const known = { items, people, neighbours: most, historyItems: historyItemsOf(job), validated: tuned?.measured ?? 0 };
  const tried = isEaseTried ? yield* easeTrials(job, known, milliseconds) : undefined;
  const isBetter = (tried?.best?.quality.ndcg ?? 0) > (tuned?.best.quality.ndcg ?? 0);
  const ease = isEaseAlone || isBetter ? tried : undefined;
  const historyItems = ease ? known.historyItems : (tuned?.historyItems ?? known.historyItems);
  if (ease) yield ease.step;
  else if (interactions > 0) {
    const isOnce = isAddedOnce(parts, form);
    const weights = weightsSelect(run, isOnce ? { ...form, b: form.c } : form);
    yield unload('weights', 'weighing histories', 'training_weights', run, weights, parts + 2);
    for (let part = 0; part < parts; part += 1) {
      const sql = isOnce ? allNeighboursSelect(run, most, form) : neighboursSelect(run, part, parts, most, form);
      yield unload(`neighbours ${part}`, 'pairing items', 'training_neighbours', run, sql, parts + 1 - part);
    }
  }
  if (interactions > 0 && hasCatalog(job)) {
    yield unload('content', 'comparing items', 'training_neighbours', run, contentUnload(run), 1);
  }
  const best = ease ? ease.best : tuned?.best;
  const { a, b, c, orderDecay } = ease ? { ...counted, ...ease.best } : form;
  return {
    parameters: {
      exponents: { a, b, c },
      blend: blendOf(job, best?.popularity ?? untunedPopularity(job)),
      history: { items: historyItems, orderDecay },
      neighbours: most,
      ...(ease && { ease: { lambda: ease.lambda } }),
    },
    form: ease ? { ...counted, orderDecay } : form,
    validated: tuned?.people ?? 0,
    quality: best?.quality ?? nothing,
    baseline: tuned?.baseline ?? { popularity: nothing, cosine: nothing, untuned: nothing },
    items,
    people,
    interactions,
    ...(note !== undefined && { note }),
  };
}

/** How EASE counts what people had together. */
const counted: Form = { ...untuned, a: 0, b: 0, c: 0 };

const hasCatalog = ({ hasCatalog, source }: TrainingJob): boolean => hasCatalog ?? source === 'lake';
const historyItemsOf = ({ source }: TrainingJob): number => (source === 'lake' ? 50 : 500);

/** Share of popularity where content has none. */
const untunedPopularity = ({ blend = defaultBlend }: TrainingJob): number =>
  blend.popularity / Math.max(1e-9, blend.popularity + blend.collaborative);

/**
 * What was tuned is how people's part and popularity share what content leaves them; without any tuning that comes to the
 * default blend. Content keeps its default share where there is a catalog: trials count what people did and know nothing of
 * items that are new. infra/decisions/0062 has what the share is worth.
 */
function blendOf(job: TrainingJob, popularity: number): Trained['parameters']['blend'] {
  if (job.blend) return job.blend;
  const content = hasCatalog(job) ? defaultBlend.content : 0;
  return {
    collaborative: rounded((1 - popularity) * (1 - content)),
    content,
    popularity: rounded(popularity * (1 - content)),
  };
}

/** Shares that were multiplied, without the digits that come of that. */
const rounded = (share: number): number => Number(share.toFixed(6));

function summarySelect(run: string): string {
  return `SELECT
  count(DISTINCT person), (SELECT count(*) FROM training_items WHERE run = ${quoted(run)}), count(*),
  CAST(sum(CAST(size AS double)) AS bigint), count(DISTINCT CASE WHEN sample < 2147483647 THEN sample END)
FROM training_interactions
WHERE run = ${quoted(run)}`;
}

/** People that a round is tried on, and the queries that it takes. */
interface Sample {
  readonly people: number;
  readonly chunks: number;
  readonly historyItems: number;
}

interface Tuned {
  readonly best: Found;
  /** Most items of a history that count. */
  readonly historyItems: number;
  readonly people: number;
  /** Of those, the people on whom the best was measured: whatever is to be compared with it is tried on them. */
  readonly measured: number;
  readonly baseline: Trained['baseline'];
}

/** Rounds of trials, from wide steps to narrow ones, for as long as the budget lasts; the first one only if `isCoarse`. */
function* tune(
  job: TrainingJob,
  samples: number,
  after: number,
  milliseconds: Readonly<Record<string, number>>,
  isCoarse: boolean,
): Steps<Tuned | undefined> {
  const { run, budgetMs } = job;
  if (budgetMs <= 0 || samples < LEAST_PEOPLE) return undefined;
  const hasOrder = job.source === 'lake' || job.hasTimes === true;
  const limit = Math.min(MOST_VALIDATED, Math.max(LEAST_PEOPLE, Math.floor(samples / 2)));
  const most = Math.floor((budgetMs * ROWS_A_MILLISECOND) / (hasOrder ? 5 : 3));
  let left = 16;

  function* choose(name: string, historyItems: number, isOrdered: boolean): Steps<Sample> {
    const least = Math.min(limit, isOrdered ? LEAST_ORDERED : LEAST_VALIDATED);
    const sql = sampleSelect({ run, limit, least, most, historyItems, isOrdered });
    const [found] = yield select(name, 'choosing people', sql, after + left--);
    const people = Math.max(least, Number(found?.[0] ?? 0));
    return { people, chunks: Math.max(1, Math.ceil(Number(found?.[1] ?? 0) / ROWS_AT_ONCE)), historyItems };
  }

  function* measure(round: Round, trial: string, { people }: Sample): Steps<readonly AnswerRow[]> {
    const sql = contendersSelect({ run, people, trial }, round.contenders);
    return yield select(`measure ${round.name}`, `measuring ${round.name}`, sql, after + left--);
  }

  function* play(round: Round, { people, chunks, historyItems }: Sample): Steps<readonly AnswerRow[]> {
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const [from, to] = [Math.floor((people * chunk) / chunks), Math.floor((people * (chunk + 1)) / chunks)];
      const sql = trialSelect({ run, people, from, to, forms: round.forms, leading: round.leading, historyItems });
      const trial = trialOf(run, round);
      yield unload(`try ${round.name} ${chunk}`, `trying ${round.name}`, 'training_trials', trial, sql, after + left);
    }
    return yield* measure(round, trialOf(run, round), { people, chunks, historyItems });
  }

  const spent = () => Object.entries(milliseconds).reduce((sum, [name, took]) => sum + (isTuning(name) ? took : 0), 0);
  const plain = yield* choose('sample', historyItemsOf(job), false);
  const [popular] = yield select('popular', 'measuring popularity', popularSelect({ run, ...plain }), after + left--);
  const first = coarse(untunedPopularity(job));
  const rows = yield* play(first, plain);
  const [cosine = nothing, untunedQuality = nothing] = qualities(first, rows).slice(-2);
  const baseline = { popularity: qualityOf(popular), cosine, untuned: untunedQuality };
  let best = better(withoutBaselines(first), rows, undefined);
  let last = { round: first, sample: plain };
  let { historyItems } = plain;
  if (isCoarse) return { best, historyItems, people: plain.people, measured: plain.people, baseline };
  let isOrdered = false;
  if (hasOrder) {
    const ordered = yield* choose('sample of order', RECENT_ITEMS, true);
    const same = { round: again(best), sample: { ...ordered, historyItems } };
    const unordered = better(same.round, yield* play(same.round, same.sample), undefined);
    let found = unordered;
    for (const next of orderRounds) {
      // What order is worth is looked at once, whatever the budget: nothing else may matter as much.
      if (next !== order && (found === unordered || spent() > budgetMs)) break;
      const round = next(found);
      found = better(round, yield* play(round, ordered), found);
      if (found !== unordered) last = { round, sample: ordered };
    }
    isOrdered = found !== unordered;
    if (isOrdered) [best, historyItems] = [found, ordered.historyItems];
  }
  for (const next of isOrdered ? [] : plainRounds(hasOrder)) {
    if (spent() > budgetMs) break;
    const round = next(best);
    best = better(round, yield* play(round, plain), best);
    last = { round, sample: plain };
  }
  const final = blends(last.round, best, job.blend && untunedPopularity(job));
  if (final.contenders.every(({ score }) => score >= 0)) {
    const before = job.blend ? undefined : best;
    best = better(final, yield* measure(final, trialOf(run, last.round), last.sample), before);
  }
  return { best, historyItems, people: plain.people, measured: last.sample.people, baseline };
}

/** Narrower steps around what was found, where order says something and where it says nothing. */
const orderRounds: readonly ((found: Found) => Round)[] = [
  order,
  (found) => moreOrder('more order', found, 1),
  (found) => moreOrder('still more order', found, 0.5),
];
const plainRounds = (hasOrder: boolean): readonly ((found: Found) => Round)[] => [
  (found) => fine('fine', found, 0.25),
  hasOrder ? decays : (found) => fine('finer', found, 0.125),
];

/** Value of `run` of what a round has tried. */
const trialOf = (run: string, { name }: Round): string => `${run}-${name.replaceAll(' ', '-')}`;

const isTuning = (name: string): boolean => /^(try|measure) /.test(name);

const withoutBaselines = (round: Round): Round => ({ ...round, contenders: round.contenders.slice(0, -2) });

export type { Form };
