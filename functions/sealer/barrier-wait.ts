import { barrierKey, landedShards } from '../../shared/lake/object-key.ts';
import type { SealingBarrier } from '../../shared/lake/sealing/sealing-state.ts';
import { isPassed } from '../../shared/stream/barrier.ts';
import type { Reach } from './reach.ts';

/** After so long without a mark another barrier is put: the batch that held it may have been given up. */
const PUT_AGAIN_MS = 6 * 3_600_000;
/** Marks of older ones are not kept. */
const FORGET_MS = 3 * 86_400_000;

/** The day before which everything has landed, as far as barriers say; undefined when none was passed. */
export async function landedBefore(
  { files }: Pick<Reach, 'files'>,
  barriers: readonly SealingBarrier[],
): Promise<string | undefined> {
  for (const barrier of [...barriers].reverse()) {
    const marks = await files.list(barrierKey(barrier.id, ''));
    const keys = marks.map(({ key }) => key);
    if (isPassed(barrier, landedShards(barrier.id, keys))) return barrier.before;
  }
  return undefined;
}

/** The barriers with one more, when none is under way that tells of all days before `day`. */
export async function withBarrier(
  { putBarrier, clock }: Pick<Reach, 'putBarrier' | 'clock'>,
  barriers: readonly SealingBarrier[],
  day: string,
): Promise<readonly SealingBarrier[]> {
  const now = clock();
  const last = barriers.at(-1);
  if (last && last.before >= day && now - last.putAt < PUT_AGAIN_MS) return barriers;
  const id = `seal-${day}-${now}`;
  const shards = await putBarrier(id);
  return [...barriers.filter(({ putAt }) => now - putAt < FORGET_MS), { id, shards, before: day, putAt: now }];
}
