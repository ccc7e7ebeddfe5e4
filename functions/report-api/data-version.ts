/** How long an answer counts; seconds. */
export interface Freshness {
  /** Of a report whose days include today, or that has none. */
  readonly openSeconds: number;
  /** Of a report of past days: these change when late events arrive, or people turn out to be one. */
  readonly closedSeconds: number;
}

export interface DataVersion {
  /** When the version began: an ISO time. Whoever asks within one version gets one answer. */
  readonly version: string;
  /** Milliseconds until the next version. */
  readonly remaining: number;
  /** Milliseconds that a version lasts. */
  readonly lasts: number;
}

/** The version of the data as of `now`: time in slices, longer ones for a range that ended before today. */
export function dataVersion(until: number | undefined, now: number, freshness: Freshness): DataVersion {
  const today = now - (now % 86_400_000);
  const isClosed = until !== undefined && until <= today;
  const lasts = 1000 * (isClosed ? freshness.closedSeconds : freshness.openSeconds);
  const begin = now - (now % lasts);
  return { version: new Date(begin).toISOString(), remaining: begin + lasts - now, lasts };
}
