/** Milliseconds of each unit in which a duration is written. A day has 24 hours: times are UTC. */
export const unitMs = { days: 86_400_000, hours: 3_600_000, minutes: 60_000 } as const;

/** Milliseconds of a duration. */
export function durationMs(duration: { readonly [Unit in keyof typeof unitMs]?: number | undefined }): number {
  const { days = 0, hours = 0, minutes = 0 } = duration;
  return days * unitMs.days + hours * unitMs.hours + minutes * unitMs.minutes;
}
