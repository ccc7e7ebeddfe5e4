import type { Audience } from '../segments/audience.ts';

/** Whether a due time is the one before, or a later one; 0 is none. */
export const isPutOff = (due: number, before: number): boolean => due === before || (before !== 0 && due > before);

/** The due time that nobody would wake the person for. A time that has passed wakes nobody: its tick may have come and gone. */
export function dueToArm({ due, armed, evaluatedAt }: Audience): number | undefined {
  if (due === 0) return undefined;
  const isArmed = armed > evaluatedAt && armed <= due;
  return isArmed ? undefined : due;
}
