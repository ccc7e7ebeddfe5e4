import { counting, easing } from '../ease.ts';
import { Measurement } from '../metrics.ts';
import type { ItemNeighbours, ModelItems, ModelParameters, Neighbours, Quality } from '../model.ts';
import { Scorer } from '../score.ts';
import type { EaseHistories, ValidatedPerson } from './ease-histories.ts';
import type { EaseTrial } from './ease-steps.ts';
import { noNeighbours } from './output.ts';
import { RANKS } from './rules.ts';

/** How a history is read, and what it is worth. */
export interface EaseRanking {
  readonly orderDecay: number;
  /** Share of popularity. */
  readonly popularity: number;
  readonly quality: Quality;
}

/** Items beyond rank that are looked at for equal scores. */
const BEYOND = 100;

/** Neighbours of each item by EASE, in slices. */
export function* easeLists(
  histories: EaseHistories,
  items: number,
  options: { readonly lambda: number; readonly neighbours: number },
): Generator<void, Neighbours[]> {
  return yield* easing(yield* counting(histories.histories(), items), items, options);
}

/** Ranks for those from whom something was held back, first by decays of order, then by shares of popularity: the best, in slices. */
export function* bestRanking(
  histories: EaseHistories,
  items: ModelItems,
  people: number,
  lists: readonly Neighbours[],
  { historyItems, orderDecays, popularities }: Pick<EaseTrial, 'historyItems' | 'orderDecays' | 'popularities'>,
): Generator<void, EaseRanking> {
  const neighbours = lists.map((collaborative): ItemNeighbours => ({ ...noNeighbours, collaborative }));
  const known = { people, peopleOf: histories.peopleOf(lists.length) };
  const validated = histories.validated();
  let best: EaseRanking | undefined;
  const play = function* (orderDecay: number, popularity: number): Generator<void> {
    const parameters: Pick<ModelParameters, 'blend' | 'history'> = {
      blend: { collaborative: 1 - popularity, content: 0, popularity },
      history: { items: historyItems, orderDecay },
    };
    const metrics = new Measurement(RANKS, known);
    const scorer = new Scorer(items, { ...parameters, exponents: { a: 0, b: 0, c: 0 }, neighbours: 0 });
    for (const person of validated) {
      metrics.add(ranked(scorer, person, neighbours), person.held);
      yield;
    }
    const quality = metrics.quality();
    if (!best || quality.ndcg > best.quality.ndcg + 1e-9) best = { orderDecay, popularity, quality };
  };
  const [first = 0, ...others] = popularities;
  for (const orderDecay of orderDecays) yield* play(orderDecay, first);
  for (const popularity of others) yield* play((best as EaseRanking | undefined)?.orderDecay ?? 1, popularity);
  return best as EaseRanking;
}

function ranked(scorer: Scorer, { history }: ValidatedPerson, neighbours: readonly ItemNeighbours[]) {
  const had = new Set(history.map(({ item }) => item));
  return scorer.score(
    history,
    (item) => neighbours[item],
    (item) => had.has(item),
    RANKS + BEYOND,
  );
}
