/** A person's item, by number. */
export type Interaction = readonly [person: number, item: number];

export interface KnnOptions {
  readonly people: number;
  readonly items: number;
  /** Most neighbours of an item. */
  readonly neighbours: number;
}

/** Item-based nearest neighbours by plain cosine (Sarwar et al., WWW 2001), as one would write it in TypeScript. */
export class ItemKnn {
  /** By item, `[item, cosine]`, the closest first; of equal ones the lower number. */
  readonly neighbours: readonly (readonly (readonly [number, number])[])[];
  readonly #histories: readonly ReadonlySet<number>[];

  constructor(interactions: Iterable<Interaction>, { people, items, neighbours }: KnnOptions) {
    const histories = Array.from({ length: people }, () => new Set<number>());
    const buyers = Array.from({ length: items }, (): number[] => []);
    for (const [person, item] of interactions) {
      const history = histories[person] as Set<number>;
      if (!history.has(item)) buyers[item]?.push(person);
      history.add(item);
    }
    this.#histories = histories;
    const common = new Uint32Array(items);
    this.neighbours = buyers.map((own, item) => {
      const touched: number[] = [];
      for (const person of own) {
        for (const other of histories[person] as Set<number>) {
          if (common[other] === 0) touched.push(other);
          common[other] = (common[other] as number) + 1;
        }
      }
      const close = touched
        .filter((other) => other !== item)
        .map(
          (other) => [other, (common[other] as number) / Math.sqrt(own.length * (buyers[other]?.length ?? 0))] as const,
        )
        .sort((one, other) => other[1] - one[1] || one[0] - other[0]);
      for (const other of touched) common[other] = 0;
      return close.slice(0, neighbours);
    });
  }

  /** The `n` items that are closest to what a person has, without these, the best first. */
  recommend(person: number, n: number): number[] {
    const history = this.#histories[person] ?? new Set<number>();
    const scores = new Map<number, number>();
    for (const item of history) {
      for (const [other, cosine] of this.neighbours[item] ?? []) {
        if (!history.has(other)) scores.set(other, (scores.get(other) ?? 0) + cosine);
      }
    }
    return [...scores]
      .sort((one, other) => other[1] - one[1] || one[0] - other[0])
      .slice(0, n)
      .map(([item]) => item);
  }
}
