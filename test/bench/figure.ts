/** One line of the benchmark table. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** The bound that the value is held to; absent for a figure that is only told. */
  readonly bound?: { readonly kind: 'at least' | 'at most'; readonly value: number };
  /** Another way to do the same, measured in the same run. */
  readonly peer?: { readonly what: string; readonly value: number };
}

/** A benchmark: a name for the command line, and figures measured one after another. */
export interface Benchmark {
  readonly name: string;
  run(progress: (step: string) => void): Promise<readonly Figure[]>;
}

export function isMet({ value, bound }: Figure): boolean {
  if (!bound) return true;
  return bound.kind === 'at least' ? value >= bound.value : value <= bound.value;
}

/** Seconds that some work takes. */
export async function secondsOf(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};
