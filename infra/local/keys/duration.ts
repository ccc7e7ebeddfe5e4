const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const MOST_DAYS = 3_650;

/** Milliseconds of `30d`, `12h`, `15m`, `10s` or `0`; undefined for what is none of these, or more than ten years. */
export function durationOf(text: string): number | undefined {
  if (text === '0') return 0;
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const milliseconds = Number(count) * units[unit as keyof typeof units];
  return milliseconds <= MOST_DAYS * units.d ? milliseconds : undefined;
}
