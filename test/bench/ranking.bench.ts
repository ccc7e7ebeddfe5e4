import { decodeNeighbours, encodeNeighbours } from '../../shared/recommender/codec.ts';
import type { ItemNeighbours, ModelItems, ModelParameters, Neighbours } from '../../shared/recommender/model.ts';
import { type HistoryItem, Scorer } from '../../shared/recommender/score.ts';
import type { Benchmark, Figure } from './figure.ts';
import { type Interaction, ItemKnn } from './knn-peer.ts';
import { randomFrom } from './segment-rules.ts';

const ITEMS = 40_000;
const NEIGHBOURS = 400;
/** Items that have neighbours here: as many as the histories below ask for, again and again. */
const KNOWN = 2_000;
const REQUESTS = 2_000;
const KNN = { people: 4_000, items: 5_000, neighbours: NEIGHBOURS };
const HISTORY = 25;

/** Scores of one person after another, and lists of neighbours as they come from the table. */
export const ranking: Benchmark = {
  name: 'ranking',
  async run(progress) {
    const random = randomFrom(11);
    progress(`${KNOWN} items with twice ${NEIGHBOURS} neighbours of ${ITEMS} items`);
    const known = Array.from(
      { length: KNOWN },
      (): ItemNeighbours => ({ collaborative: listOf(random), content: listOf(random) }),
    );
    return [...requests(progress, random, known), decoding(known), ...besideKnn(progress, random)];
  },
};

function requests(progress: (step: string) => void, random: () => number, known: readonly ItemNeighbours[]): Figure[] {
  const scorer = new Scorer(itemsOf(ITEMS, random), parametersOf(100));
  return [100, 20].flatMap((length) => {
    progress(`${REQUESTS} histories of ${length} items`);
    const times = Array.from({ length: REQUESTS }, () => {
      const history = Array.from({ length }, () => ({ item: Math.floor(random() * KNOWN), weight: 1 + random() }));
      const own = new Set(history.map(({ item }) => item));
      const started = performance.now();
      scorer.score(
        history,
        (item) => known[item],
        (item) => own.has(item),
        100,
      );
      return performance.now() - started;
    }).slice(REQUESTS / 10); // the first ones are compiled meanwhile
    times.sort((one, other) => one - other);
    const at = (share: number) => times[Math.floor(share * times.length)] ?? Number.NaN;
    return [
      { what: `ranking: the best 100 for ${length} items, median`, value: at(0.5), unit: 'ms' },
      {
        what: `ranking: the best 100 for ${length} items, p99`,
        value: at(0.99),
        unit: 'ms',
        ...(length === 100 && { bound: { kind: 'at most' as const, value: 5 } }),
      },
    ];
  });
}

function decoding(known: readonly ItemNeighbours[]): Figure {
  const bytes = known.slice(0, 200).map(encodeNeighbours);
  const times = Array.from({ length: 400 }, (_, round) => {
    const started = performance.now();
    for (let list = 0; list < 10; list++) decodeNeighbours(bytes[(round * 10 + list) % bytes.length] as Uint8Array);
    return performance.now() - started;
  }).sort((one, other) => one - other);
  const size = bytes.reduce((sum, { length }) => sum + length, 0) / (bytes.length * 2 * NEIGHBOURS);
  return {
    what: `ranking: 20 lists of ${NEIGHBOURS} decoded, ${size.toFixed(1)} bytes a neighbour`,
    value: times[times.length / 2] ?? Number.NaN,
    unit: 'ms',
    bound: { kind: 'at most', value: 1 },
  };
}

/** The same neighbours for the same people, so that only the way to the best 20 differs. */
function besideKnn(progress: (step: string) => void, random: () => number): Figure[] {
  progress(`the best 20 for ${KNN.people} people of ${HISTORY} items, beside an item-KNN`);
  const interactions: Interaction[] = Array.from({ length: KNN.people * HISTORY }, (_, at) => [
    Math.floor(at / HISTORY),
    Math.floor(random() * random() * KNN.items),
  ]);
  const knn = new ItemKnn(interactions, KNN);
  const neighbours = knn.neighbours.map(
    (pairs): ItemNeighbours => ({ collaborative: fromPairs(pairs), content: fromPairs([]) }),
  );
  const histories: HistoryItem[][] = Array.from({ length: KNN.people }, () => []);
  for (const [person, item] of interactions) {
    const history = histories[person] as HistoryItem[];
    if (!history.some((each) => each.item === item)) history.push({ item, weight: 1 });
  }
  const scorer = new Scorer(itemsOf(KNN.items, random), parametersOf(HISTORY));
  const ours = perSecond(() => {
    for (const history of histories) {
      const own = new Set(history.map(({ item }) => item));
      scorer.score(
        history,
        (item) => neighbours[item],
        (item) => own.has(item),
        20,
      );
    }
  });
  const theirs = perSecond(() => {
    for (let person = 0; person < KNN.people; person++) knn.recommend(person, 20);
  });
  return [
    {
      what: 'ranking: the best 20, evaluation',
      value: ours,
      unit: 'people/s',
      bound: { kind: 'at least', value: 3 * theirs },
      peer: { what: 'item-KNN, people/s', value: theirs },
    },
  ];
}

function perSecond(work: () => void): number {
  const started = performance.now();
  work();
  return (KNN.people * 1_000) / (performance.now() - started);
}

const fromPairs = (pairs: readonly (readonly [number, number])[]): Neighbours => ({
  items: Uint32Array.from(pairs, ([item]) => item),
  scores: Float32Array.from(pairs, ([, score]) => score),
});

function listOf(random: () => number): Neighbours {
  const items = new Set<number>();
  while (items.size < NEIGHBOURS) items.add(Math.floor(random() * random() * ITEMS));
  const scores = Float32Array.from(items, () => random() ** 3 + 0.001).sort((one, other) => other - one);
  return { items: Uint32Array.from(items), scores };
}

const itemsOf = (count: number, random: () => number): ModelItems => ({
  ids: Array.from({ length: count }, (_, item) => `item-${item}`),
  popularity: Float32Array.from({ length: count }, () => random() ** 6),
  trend: Float32Array.from({ length: count }, () => random() / 3),
});

const parametersOf = (items: number): ModelParameters => ({
  exponents: { a: 0, b: 0.5, c: 0.5 },
  blend: { collaborative: 0.4, content: 0.3, popularity: 0.3 },
  history: { items, orderDecay: 0.95 },
  neighbours: NEIGHBOURS,
});
