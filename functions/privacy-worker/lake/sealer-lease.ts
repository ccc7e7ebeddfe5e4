import type { LakeReach } from './types.ts';

/** No file is begun after so long, and the rest is time for what was begun. */
export const WORK_MS = 30_000;
const LEASE_MS = 600_000;

/**
 * Does something while the sealer does not work, which reads files again and again and takes their rows by number.
 * Answers undefined while it is at work. `work` is told the moment until which it may begin something.
 *
 * It takes the sealer's own lease: whoever has it is the only one who seals, or who changes what is sealed.
 */
export async function withoutSealer<T>(
  { sealing, clock, newId }: Pick<LakeReach, 'sealing' | 'clock' | 'newId'>,
  work: (end: number) => Promise<T>,
): Promise<T | undefined> {
  const now = clock();
  const held = await sealing.read();
  if (held !== undefined && held.state.leaseUntil > now) return undefined;
  const taken = { barriers: [], ...held?.state, owner: `erasure-${newId()}`, leaseUntil: now + LEASE_MS };
  const etag = await sealing.write(taken, held?.etag);
  if (etag === undefined) return undefined;
  const release = () => sealing.write({ ...taken, leaseUntil: 0 }, etag);
  try {
    const result = await work(now + WORK_MS);
    await release();
    return result;
  } catch (error) {
    // Without it the sealer waits until the lease is over.
    await release().catch(() => undefined);
    throw error;
  }
}
