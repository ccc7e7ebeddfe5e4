type Value = string | number | boolean | undefined;

/** Values to sort rows by: numbers as they are, and each text once. */
export interface SortColumn {
  push(value: Value): void;
  /** Compares two rows by number, ascending; rows without a value come last. */
  comparator(): (one: number, other: number) => number;
}

/** The first value decides whether the column is one of texts. */
export function sortColumn(): SortColumn {
  const numbers: number[] = [];
  const codes = new Map<string, number>();
  return {
    push: (value) => {
      if (typeof value !== 'string') {
        numbers.push(value === undefined ? Number.POSITIVE_INFINITY : Number(value));
        return;
      }
      const code = codes.get(value) ?? codes.size;
      if (code === codes.size) codes.set(value, code);
      numbers.push(code);
    },
    comparator: () => {
      const ranks = new Uint32Array(codes.size);
      for (const [rank, text] of [...codes.keys()].sort().entries()) ranks[codes.get(text) as number] = rank;
      const isText = codes.size > 0;
      const sorted = Float64Array.from(numbers, (value) =>
        isText && value < ranks.length ? (ranks[value] as number) : value,
      );
      return (one, other) => {
        const [a, b] = [sorted[one] as number, sorted[other] as number];
        return a === b ? 0 : a - b;
      };
    },
  };
}
