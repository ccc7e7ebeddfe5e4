import { type TrainingTableName, trainingPrefix } from '../../../schemas/lake/training-tables.ts';
import { defaultBlend, type Quality } from '../model.ts';
import { contentUnload } from './content-seam.ts';
import { type Form, untuned } from './form.ts';
import { historiesSelect, itemsSelect } from './histories-sql.ts';
import { contendersSelect, popularSelect } from './metrics-sql.ts';
import { neighboursSelect, weightsSelect } from './neighbours-sql.ts';
import type { AnswerRow, Ask, Trained, TrainingJob } from './plan.ts';
import { MOST_PARTS, PAIRS_AT_ONCE } from './rules.ts';
import { quoted } from './sql-text.ts';
import { sampleSelect, trialSelect } from './trials-sql.ts';
import {
  better,
  blends,
  coarse,
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
  const parts = Math.max(1, Math.min(MOST_PARTS, Math.ceil(pairs / PAIRS_AT_ONCE)));
  const historyItems = historyItemsOf(job);
  const tuned = interactions === 0 ? undefined : yield* tune(job, samples, parts + 2, milliseconds);
  const form = tuned?.best.form ?? job.form ?? untuned;
  const most = job.neighbours ?? 500;
  if (interactions > 0) {
    yield unload('weights', 'weighing histories', 'training_weights', run, weightsSelect(run, form), parts + 2);
    for (let part = 0; part < parts; part += 1) {
      const sql = neighboursSelect(run, part, parts, most, form);
      yield unload(`neighbours ${part}`, 'pairing items', 'training_neighbours', run, sql, parts + 1 - part);
    }
    if (hasCatalog(job)) yield unload('content', 'comparing items', 'training_neighbours', run, contentUnload(run), 1);
  }
  const popularity = tuned?.best.popularity ?? untunedPopularity(job);
  const { a, b, c, orderDecay } = form;
  return {
    parameters: {
      exponents: { a, b, c },
      blend: blendOf(job, popularity),
      history: { items: historyItems, orderDecay },
      neighbours: most,
    },
    form,
    validated: tuned?.people ?? 0,
    quality: tuned?.best.quality ?? nothing,
    baseline: tuned?.baseline ?? { popularity: nothing, cosine: nothing, untuned: nothing },
    items,
    people,
    interactions,
  };
}

const hasCatalog = ({ hasCatalog, source }: TrainingJob): boolean => hasCatalog ?? source === 'lake';
const historyItemsOf = ({ source }: TrainingJob): number => (source === 'lake' ? 50 : 500);

/** Share of popularity where content has none. */
const untunedPopularity = ({ blend = defaultBlend }: TrainingJob): number =>
  blend.popularity / Math.max(1e-9, blend.popularity + blend.collaborative);

/** Content keeps its default share where there is a catalog: what people did tells nothing of its worth for new items. */
function blendOf(job: TrainingJob, popularity: number): Trained['parameters']['blend'] {
  if (job.blend) return job.blend;
  const content = hasCatalog(job) ? CONTENT_SHARE : 0;
  return { collaborative: (1 - popularity) * (1 - content), content, popularity: popularity * (1 - content) };
}

const CONTENT_SHARE = 0.1;

function summarySelect(run: string): string {
  return `SELECT
  count(DISTINCT person), (SELECT count(*) FROM training_items WHERE run = ${quoted(run)}), count(*),
  CAST(sum(CAST(size AS double)) AS bigint), count(DISTINCT CASE WHEN sample < 2147483647 THEN sample END)
FROM training_interactions
WHERE run = ${quoted(run)}`;
}

interface Tuned {
  readonly best: Found;
  readonly people: number;
  readonly baseline: Trained['baseline'];
}

/** Rounds of trials, from wide steps to narrow ones, for as long as the budget lasts. */
function* tune(
  job: TrainingJob,
  samples: number,
  after: number,
  milliseconds: Readonly<Record<string, number>>,
): Steps<Tuned | undefined> {
  const { run, budgetMs } = job;
  if (budgetMs <= 0 || samples < LEAST_PEOPLE) return undefined;
  const historyItems = historyItemsOf(job);
  const hasOrder = job.source === 'lake' || job.hasTimes === true;
  const rounds = hasOrder ? 4 : 3;
  const limit = Math.min(MOST_VALIDATED, Math.max(LEAST_PEOPLE, Math.floor(samples / 2)));
  const most = Math.floor((budgetMs * ROWS_A_MILLISECOND) / rounds);
  const [sample] = yield select(
    'sample',
    'choosing people',
    sampleSelect(run, limit, most, historyItems, !hasOrder),
    after + 15,
  );
  const people = Math.max(LEAST_PEOPLE, Number(sample?.[0] ?? 0));
  const chunks = Math.max(1, Math.ceil(Number(sample?.[1] ?? 0) / ROWS_AT_ONCE));

  const [popular] = yield select('popular', 'measuring popularity', popularSelect({ run, people }), after + 14);
  const spent = () => Object.entries(milliseconds).reduce((sum, [name, took]) => sum + (isTuning(name) ? took : 0), 0);
  let left = rounds * (chunks + 1) + 1;

  function* play(round: Round, isTried = true): Steps<readonly AnswerRow[]> {
    const trial = `${run}-${(isTried ? round.name : (last?.name ?? '')).replaceAll(' ', '-')}`;
    for (let chunk = 0; isTried && chunk < chunks; chunk += 1) {
      const [from, to] = [Math.floor((people * chunk) / chunks), Math.floor((people * (chunk + 1)) / chunks)];
      const sql = trialSelect({ run, people, from, to, forms: round.forms, leading: round.leading, historyItems });
      yield unload(`try ${round.name} ${chunk}`, `trying ${round.name}`, 'training_trials', trial, sql, after + left--);
    }
    const sql = contendersSelect({ run, people, trial }, round.contenders);
    return yield select(`measure ${round.name}`, `measuring ${round.name}`, sql, after + left--);
  }

  let last: Round | undefined;
  const first = coarse(untunedPopularity(job));
  const rows = yield* play(first);
  last = first;
  const [cosine = nothing, untunedQuality = nothing] = qualities(first, rows).slice(-2);
  let best = better(withoutBaselines(first), rows, undefined);
  const more: ((found: Found) => Round)[] = hasOrder
    ? [order, (found) => fine('fine', found, 0.25), moreOrder]
    : [(found) => fine('fine', found, 0.25), (found) => fine('finer', found, 0.125)];
  for (const next of more) {
    if (spent() > budgetMs) break;
    const round = next(best);
    best = better(round, yield* play(round), best);
    last = round;
  }
  const final = blends(last, best, job.blend && untunedPopularity(job));
  if (final.contenders.every(({ score }) => score >= 0)) {
    const before = job.blend ? undefined : best;
    best = better(final, yield* play(final, false), before);
  }
  return { best, people, baseline: { popularity: qualityOf(popular), cosine, untuned: untunedQuality } };
}

const isTuning = (name: string): boolean => /^(try|measure) /.test(name);

const withoutBaselines = (round: Round): Round => ({ ...round, contenders: round.contenders.slice(0, -2) });

export type { Form };
