import Table from 'cli-table3';
import type { Quality, TrainingView } from '../../../schemas/training.ts';

const count = (value: number): string => value.toLocaleString('en-US');
const share = (value: number): string => value.toFixed(4);
const short = (value: number): string => String(Math.round(value * 100) / 100);

/** What a training made, for a terminal: what it learnt from, its parameters, and how good it is beside simpler lists. */
export function summaryOf({ version, state, trained, before }: TrainingView): string {
  if (trained === undefined) return `Version ${version}: ${state}.`;
  const { parameters, quality, baseline, items, people, interactions, validated } = trained;
  const { exponents, ease, blend, history } = parameters;
  const about = `Version ${version}: ${count(interactions)} interactions of ${count(people)} people with ${count(items)} items.`;
  const chosen = [
    ['method', ease ? `EASE, lambda ${short(ease.lambda)}` : 'together'],
    ...(ease ? [] : [['exponents', `a ${short(exponents.a)}, b ${short(exponents.b)}, c ${short(exponents.c)}`]]),
    [
      'blend',
      `together ${short(blend.collaborative)}, alike ${short(blend.content)}, popular ${short(blend.popularity)}`,
    ],
    ['history', `last ${history.items} items, each earlier one × ${short(history.orderDecay)}`],
    ['neighbours', `up to ${count(parameters.neighbours)} an item`],
  ];
  const measured =
    validated === 0
      ? 'Its quality was not measured: there are too few people, or tuning is switched off. Default parameters serve.'
      : qualityTable([
          ['this version', quality],
          ['  untuned', baseline.untuned],
          ['  plain cosine', baseline.cosine],
          ['  popularity', baseline.popularity],
        ]);
  return [
    about,
    ...(trained.note === undefined ? [] : [trained.note]),
    tableOf(['parameter', 'chosen'], chosen, 'left'),
    measured,
    verdictOf(state, before),
  ].join('\n');
}

function verdictOf(state: TrainingView['state'], before: string | undefined): string {
  if (state === 'published') return before === undefined ? 'It is served.' : `It is served, in the place of ${before}.`;
  return `It is not served (${state})${before === undefined ? '.' : `; ${before} goes on.`}`;
}

function qualityTable(rows: readonly (readonly [name: string, quality: Quality])[]): string {
  const cells = rows.map(([name, { recall, ndcg, hitRate, map, coverage, novelty }]) => [
    name,
    ...[ndcg, recall, hitRate, map, coverage].map(share),
    novelty.toFixed(2),
  ]);
  return tableOf(['at rank 20', 'NDCG', 'recall', 'hit rate', 'MAP', 'coverage', 'novelty'], cells, 'right');
}

function tableOf(head: string[], rows: readonly (readonly string[])[], align: 'left' | 'right'): string {
  const table = new Table({
    head,
    colAligns: head.map((_, column) => (column === 0 ? 'left' : align)),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
