import type { Quality } from '../model.ts';
import { cosine, type Form, untuned } from './form.ts';
import type { Contender } from './metrics-sql.ts';
import type { AnswerRow } from './plan.ts';
import type { TrialForm } from './trials-sql.ts';

/** Forms that are tried together, and the rankings of them that are measured. */
export interface Round {
  readonly name: string;
  readonly forms: readonly TrialForm[];
  /** Number of the form that chooses candidates. */
  readonly leading: number;
  readonly contenders: readonly Contender[];
}

/** What was found best so far. */
export interface Found {
  readonly form: Form;
  readonly popularity: number;
  readonly quality: Quality;
}

const steps = (middle: number, step: number, least: number, most: number): number[] =>
  [middle - step, middle, middle + step].filter((value) => value >= least && value <= most).map(tidy);

const tidy = (value: number): number => Math.round(value * 1e6) / 1e6;

const LIMITS = { a: [0, 2], b: [-0.5, 1.5], c: [-0.5, 1.5] } as const;

const around = (exponent: keyof typeof LIMITS, middle: number, step: number): number[] =>
  steps(middle, step, LIMITS[exponent][0], LIMITS[exponent][1]);

function grid(name: string, forms: readonly TrialForm[], leading: number, cs: readonly number[]): Round {
  const contenders = forms.flatMap((_, score) => cs.map((c) => ({ score, c, popularity: 0 })));
  return { name, forms, leading, contenders };
}

/** Wide steps over a and b; c is tried on each of them. The last two contenders are the baselines. */
export function coarse(untunedPopularity: number): Round {
  const forms = [0, 0.5, 1].flatMap((a) => [0, 0.5, 1].map((b) => ({ ...untuned, a, b })));
  const formOf = ({ a, b }: Form) => forms.findIndex((form) => form.a === a && form.b === b);
  const round = grid('coarse', forms, formOf(untuned), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  return {
    ...round,
    contenders: [
      ...round.contenders,
      { score: formOf(cosine), c: cosine.c, popularity: 0 },
      { score: formOf(untuned), c: untuned.c, popularity: untunedPopularity },
    ],
  };
}

/** Narrower steps around the best one so far. */
export function fine(name: string, { form }: Found, step: number): Round {
  const forms = around('a', form.a, step).flatMap((a) => around('b', form.b, step).map((b) => ({ ...form, a, b })));
  const leading = forms.findIndex(({ a, b }) => a === tidy(form.a) && b === tidy(form.b));
  return grid(name, forms, leading, around('c', form.c, step / 2.5));
}

/** How fast a history is forgotten. */
export function decays({ form }: Found): Round {
  const forms = [1, 0.98, 0.95, 0.9, 0.8].map((orderDecay) => ({ ...form, orderDecay }));
  return grid('decay', forms, 0, around('c', form.c, 0.1));
}

/** What was found, on other people. */
export const again = ({ form, popularity }: Found): Round => ({
  name: 'again',
  forms: [form],
  leading: 0,
  contenders: [{ score: 0, c: form.c, popularity }],
});

/** Whether order and direction say anything, how near items must be, and how fast a history is forgotten. */
export function order({ form }: Found): Round {
  const forms = [0.5, 1.5].flatMap((nearness) =>
    [1, 0.2].flatMap((backward) => [0.9, 0.6].map((orderDecay) => ({ ...form, nearness, backward, orderDecay }))),
  );
  return grid('order', forms, 0, around('c', form.c, 0.2));
}

/** More of what order turned out to be worth, one thing at a time, by `step` from 1 down. */
export function moreOrder(name: string, { form }: Found, step: number): Round {
  const { nearness, backward, orderDecay } = form;
  const forms: readonly Form[] = [
    form,
    { ...form, nearness: tidy(Math.max(0, nearness - step / 2)) },
    { ...form, nearness: tidy(nearness + step / 2) },
    { ...form, backward: tidy(backward * (1 - step / 2)) },
    { ...form, backward: tidy(Math.min(1, backward * (1 + step))) },
    { ...form, orderDecay: tidy(orderDecay ** (1 + step)) },
    { ...form, orderDecay: tidy(orderDecay ** (1 / (1 + step))) },
    { ...form, a: tidy(Math.max(0, form.a - step / 2)) },
    { ...form, a: tidy(form.a + step / 2) },
    { ...form, b: tidy(form.b - step / 4) },
    { ...form, b: tidy(form.b + step / 4) },
  ];
  return grid(name, distinct(forms), 0, around('c', form.c, step / 5));
}

const distinct = (forms: readonly Form[]): Form[] => [
  ...new Map(forms.map((form) => [JSON.stringify(form), form])).values(),
];

/** What a share of popularity is worth on the forms of the last round. */
export function blends(last: Round, { form, popularity }: Found, fixed: number | undefined): Round {
  const score = last.forms.findIndex(
    ({ a, b, nearness, backward, orderDecay }) =>
      a === tidy(form.a) &&
      b === tidy(form.b) &&
      nearness === form.nearness &&
      backward === form.backward &&
      orderDecay === form.orderDecay,
  );
  const shares = fixed === undefined ? [popularity, 0.02, 0.05, 0.1, 0.2, 0.35] : [fixed];
  const contenders = shares.flatMap((share) => around('c', form.c, 0.1).map((c) => ({ score, c, popularity: share })));
  return { ...last, name: 'blend', contenders };
}

/** Metrics of the contenders, in their order; one that was never shown is worth nothing. */
export function qualities(round: Round, rows: readonly AnswerRow[]): Quality[] {
  const byContender = new Map(rows.map((row) => [Number(row[0]), qualityOf(row)]));
  return round.contenders.map((_, at) => byContender.get(at + 1) ?? nothing);
}

const nothing: Quality = { recall: 0, ndcg: 0, hitRate: 0, map: 0, coverage: 0, novelty: 0 };

export function qualityOf(row: AnswerRow | undefined): Quality {
  const [, ndcg, recall, hitRate, map, coverage, novelty] = (row ?? []).map((cell) => Number(cell ?? 0));
  return {
    recall: recall ?? 0,
    ndcg: ndcg ?? 0,
    hitRate: hitRate ?? 0,
    map: map ?? 0,
    coverage: coverage ?? 0,
    novelty: novelty ?? 0,
  };
}

/** The best of a round, or what was found before where nothing is better. By NDCG, then recall. */
export function better(round: Round, rows: readonly AnswerRow[], before: Found | undefined): Found {
  const found = qualities(round, rows);
  let best = before;
  for (const [at, { score, c, popularity }] of round.contenders.entries()) {
    const quality = found[at] ?? nothing;
    const isBetter =
      !best ||
      quality.ndcg > best.quality.ndcg + 1e-9 ||
      (Math.abs(quality.ndcg - best.quality.ndcg) <= 1e-9 && quality.recall > best.quality.recall + 1e-9);
    if (isBetter) best = { form: { ...(round.forms[score] as TrialForm), c }, popularity, quality };
  }
  return best as Found;
}
