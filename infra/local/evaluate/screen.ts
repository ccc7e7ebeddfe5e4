import Table from 'cli-table3';
import type { Quality } from '../../../schemas/training.ts';
import type { Evaluated } from './run.ts';

const share = (value: number): string => value.toFixed(4);

/** The result as tables. */
export function screenOf(evaluated: Evaluated, k: number): string {
  const { trained, quality, popularity, phases, users } = evaluated;
  const { items, people, interactions, form, parameters, validated, baseline } = trained;
  const name = parameters.ease ? 'EASE' : validated > 0 ? 'tuned' : 'not tuned';
  const test = table(
    ['on the test', ...heads(k)],
    [
      [name, ...cells(quality)],
      ['popularity', ...cells(popularity)],
    ],
  );
  const validation = table(
    ['on the validation split', ...heads(20)],
    [
      [name, ...cells(trained.quality)],
      ['untuned', ...cells(baseline.untuned)],
      ['item-KNN, cosine', ...cells(baseline.cosine)],
      ['popularity', ...cells(baseline.popularity)],
    ],
  );
  const times = table(
    ['phase', 'seconds', 'peak memory'],
    [...phases].map(([name, { milliseconds, peak }]) => [
      name,
      (milliseconds / 1000).toFixed(1),
      `${Math.round(peak / 1e6)} MB`,
    ]),
  );
  const chosen = parameters.ease ? { ...parameters.ease, orderDecay: parameters.history.orderDecay } : form;
  const tuned = Object.entries({ ...chosen, historyItems: parameters.history.items, neighbours: parameters.neighbours })
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const blend = Object.entries(parameters.blend)
    .map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
    .join(', ');
  return [
    `${grouped(interactions)} interactions of ${grouped(people)} people and ${grouped(items)} items; ${grouped(users)} people in the test.`,
    test,
    ...(validated > 0 ? [`Tuned on ${grouped(validated)} people, from whom a part was held back.`, validation] : []),
    `Parameters: ${tuned}`,
    `Blend: ${blend}`,
    times,
  ].join('\n');
}

const heads = (k: number): string[] => [
  `recall@${k}`,
  `NDCG@${k}`,
  `hit rate@${k}`,
  `MAP@${k}`,
  `coverage@${k}`,
  `novelty@${k}`,
];

const cells = ({ recall, ndcg, hitRate, map, coverage, novelty }: Quality): string[] => [
  ...[recall, ndcg, hitRate, map, coverage].map(share),
  novelty.toFixed(2),
];

function table(head: string[], rows: string[][]): string {
  const made = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ['left', ...head.slice(1).map(() => 'right' as const)],
  });
  made.push(...rows);
  return made.toString();
}

const grouped = (value: number): string => value.toLocaleString('en-US');
