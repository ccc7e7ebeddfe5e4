import type { Picked } from './pick.ts';

export function varied(
  picked: readonly Picked[],
  { n }: { readonly n: number; readonly diversity: number },
): readonly Picked[] {
  return picked.slice(0, n);
}
