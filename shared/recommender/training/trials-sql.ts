import { type Form, isOrdered, WINDOW } from './form.ts';
import { keptSelect } from './kept-sql.ts';
import { packedSql } from './pack.ts';
import { double } from './sql-text.ts';

/** A value of each person of the sample and candidate that a trial adds up; exponent c comes after the sum. */
export type TrialForm = Omit<Form, 'c'>;

export interface Trial {
  readonly run: string;
  /** People from whom something is held back. */
  readonly people: number;
  /** Those of them that this query is about, by `sample`: above `from`, up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly forms: readonly TrialForm[];
  /** Which of the forms says what is worth keeping. */
  readonly leading: number;
  /** Most items of a history that count. */
  readonly historyItems: number;
}

/** Candidates of a person that are kept for each of three strengths of the popularity discount. */
const CANDIDATES = 250;
const DISCOUNTS = [0, 0.5, 1];

/**
 * Rows of `training_trials`: what each form makes of items that the person doesn't have,
 *
 *     Σ_i h_i · n_i^-b · Σ_u r_ui · r_uj · |u|^-a · order(u, i, j)        over the kept history i of the person
 *
 * with h_i = r_i · d^place. Without order the people who share an item with the person are added up first, by which the
 * work falls from the pairs of all people to the histories of those; that is the same product of matrices.
 */
export function trialSelect(trial: Trial): string {
  const { forms, leading } = trial;
  const sums = forms.some(isOrdered) ? orderedSums(trial) : plainSums(trial);
  const scores = forms.map((_, at) => `s${at}`);
  return `WITH kept AS (
  ${keptSelect(trial.run, trial.people)}
),
counted AS (
  SELECT item, CAST(count(*) AS double) AS n FROM kept GROUP BY item
),
mine AS (
  SELECT person, kept.item, weight, place, ln(n) AS popular
  FROM kept
  JOIN counted ON counted.item = kept.item
  WHERE sample > ${trial.from} AND sample <= ${trial.to} AND place < ${trial.historyItems}
),
${sums},
candidate AS (
  SELECT
    sums.person, sums.item, ${scores.join(', ')},
    ${DISCOUNTS.map((c, at) => `${packedSql(`ln(s${leading}) - ${double(c)} * ln(n)`, 'sums.item')} AS v${at}`).join(',\n    ')}
  FROM sums
  JOIN counted ON counted.item = sums.item
  WHERE NOT is_mine AND s${leading} > 0
),
threshold AS (
  SELECT person, ${DISCOUNTS.map((_, at) => `array_min(max(v${at}, ${CANDIDATES})) AS t${at}`).join(', ')}
  FROM candidate
  GROUP BY person
)
SELECT candidate.person, item AS item_index, ARRAY[${scores.join(', ')}] AS scores
FROM candidate
JOIN threshold ON threshold.person = candidate.person
WHERE ${DISCOUNTS.map((_, at) => `v${at} >= t${at}`).join(' OR ')}`;
}

/** Weight of an item of the person's history under a form. */
const ofHistory = ({ b, orderDecay }: Pick<TrialForm, 'b' | 'orderDecay'>): string =>
  `weight * exp(${double(-b)} * popular${orderDecay === 1 ? '' : ` + ${double(Math.log(orderDecay))} * place`})`;

function plainSums({ forms }: Trial): string {
  const keyOf = ({ b, orderDecay }: TrialForm) => `${b} ${orderDecay}`;
  const left = [...new Map(forms.map((form) => [keyOf(form), form])).values()];
  const leftOf = (form: TrialForm) => left.findIndex((each) => keyOf(each) === keyOf(form));
  return `weighed AS (
  SELECT person, item, ${left.map((form, at) => `${ofHistory(form)} AS h${at}`).join(', ')}
  FROM mine
),
alike AS (
  SELECT weighed.person, kept.person AS other, size, ${left.map((_, at) => `sum(h${at} * kept.weight) AS y${at}`).join(', ')}
  FROM weighed
  JOIN kept ON kept.item = weighed.item
  GROUP BY weighed.person, kept.person, size
),
likeness AS (
  SELECT person, other, ${forms.map((form, at) => `y${leftOf(form)} * pow(size, ${double(-form.a)}) AS y${at}`).join(', ')}
  FROM alike
),
sums AS (
  SELECT
    likeness.person, kept.item, bool_or(likeness.person = other) AS is_mine,
    ${forms.map((_, at) => `sum(y${at} * weight) AS s${at}`).join(', ')}
  FROM likeness
  JOIN kept ON kept.person = other
  GROUP BY likeness.person, kept.item
)`;
}

function orderedSums({ forms }: Trial): string {
  const isEarlier = 'later.place > kept.place';
  const orders = forms.map(({ nearness, backward }) => {
    const near = nearness === 0 ? '1E0' : `pow(abs(later.place - kept.place), ${double(-nearness)})`;
    if (backward === 1) return near;
    return `CASE WHEN ${isEarlier} THEN ${double(backward)} ELSE 1E0 END * ${near}`;
  });
  return `weighed AS (
  SELECT person, item, ${forms.map((form, at) => `${ofHistory(form)} AS h${at}`).join(', ')}
  FROM mine
),
sums AS (
  SELECT
    weighed.person, later.item, bool_or(weighed.person = kept.person) AS is_mine,
    ${forms.map(({ a }, at) => `sum(h${at} * kept.weight * later.weight * pow(kept.size, ${double(-a)}) * ${orders[at]}) AS s${at}`).join(',\n    ')}
  FROM weighed
  JOIN kept ON kept.item = weighed.item
  JOIN kept AS later ON later.person = kept.person AND later.place <> kept.place
    AND abs(later.place - kept.place) <= ${WINDOW}
  GROUP BY weighed.person, later.item
)`;
}

export interface Sampling {
  readonly run: string;
  /** Most people, and how many there are at least, whatever they cost. */
  readonly limit: number;
  readonly least: number;
  /** Rows of work that they may cost. */
  readonly most: number;
  readonly historyItems: number;
  /** Whether pairs are looked at one by one, and only near ones; else one person costs at most all interactions. */
  readonly isOrdered: boolean;
}

/** How many of the sample can be validated, and the rows of work that they cost. */
export function sampleSelect({ run, limit, least, most, historyItems, isOrdered }: Sampling): string {
  const ofOne = isOrdered ? `least(size, ${2 * WINDOW})` : 'size';
  const isTaken = `cost <= ${most} OR sample <= ${least}`;
  return `WITH reach AS (
  SELECT item_index, sum(${ofOne}) AS reach FROM training_interactions WHERE run = '${run}' GROUP BY item_index
),
cost AS (
  SELECT sample, ${isOrdered ? 'sum(reach)' : 'least(sum(reach), max(total))'} AS cost
  FROM (SELECT sample, item_index, place FROM training_interactions WHERE run = '${run}' AND sample <= ${limit}) AS mine
  JOIN reach ON reach.item_index = mine.item_index
  CROSS JOIN (SELECT count(*) AS total FROM training_interactions WHERE run = '${run}') AS whole
  WHERE place < ${historyItems}
  GROUP BY sample
),
running AS (
  SELECT sample, sum(cost) OVER (ORDER BY sample) AS cost FROM cost
)
SELECT
  coalesce(max(CASE WHEN ${isTaken} THEN sample END), 0) AS people,
  coalesce(max(CASE WHEN ${isTaken} THEN cost END), 0) AS cost
FROM running`;
}
