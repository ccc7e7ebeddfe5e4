import type { Blend } from '../../../shared/recommender/model.ts';
import type { Scored } from '../../../shared/recommender/score.ts';
import type { Case } from './small-models.ts';

/** The formula of `Scorer` in plain words: every item is scored, all are sorted. */
export function plainScore({ items, neighbours, parameters, history, leftOut, most }: Case): Scored[] {
  const count = items.ids.length;
  const worth = Array.from(
    { length: count },
    (_, item) => (items.popularity[item] ?? 0) * (1 + (items.trend[item] ?? 0)),
  );
  const popularity = worth.map((each) => each / (Math.max(...worth) || 1));
  const { blend, history: rule } = parameters;
  const weights = history
    .slice(0, rule.items)
    .map(({ item, weight }, place) => ({ item, weight: weight * rule.orderDecay ** place }));
  const from = (kind: 'collaborative' | 'content', cause: { item: number; weight: number }, item: number): number => {
    const list = neighbours[cause.item]?.[kind];
    const at = list ? list.items.indexOf(item) : -1;
    return at < 0 ? 0 : cause.weight * (list?.scores[at] ?? 0);
  };
  const sum = (kind: 'collaborative' | 'content', item: number) =>
    weights.reduce((total, cause) => total + from(kind, cause, item), 0);
  const all = Array.from({ length: count }, (_, item) => ({
    item,
    together: sum('collaborative', item),
    alike: sum('content', item),
  }));
  const [mostTogether, mostAlike] = [
    Math.max(...all.map((each) => each.together)),
    Math.max(...all.map((each) => each.alike)),
  ];
  const isKnown = mostTogether > 0 || mostAlike > 0;
  const shares: Blend = isKnown ? blend : { collaborative: 0, content: 0, popularity: 1 };
  const scored = all.map(({ item, together, alike }) => {
    const parts = {
      collaborative: mostTogether > 0 ? (shares.collaborative * together) / mostTogether : 0,
      content: mostAlike > 0 ? (shares.content * alike) / mostAlike : 0,
      popularity: shares.popularity * (popularity[item] ?? 0),
    };
    return {
      item,
      parts,
      score: parts.collaborative + parts.content + parts.popularity,
      because: undefined,
      how: undefined,
    };
  });
  return scored
    .filter(({ item }) => !leftOut.has(item))
    .sort(
      (one, other) =>
        other.score - one.score || (popularity[other.item] ?? 0) - (popularity[one.item] ?? 0) || one.item - other.item,
    )
    .slice(0, most);
}
