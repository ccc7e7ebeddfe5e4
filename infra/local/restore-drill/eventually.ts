import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 60_000;

/** Asks until it is so. Throws after a minute. */
export async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (const latest = Date.now() + patienceMs; !(await isSo()); ) {
    if (Date.now() > latest) throw new Error(`It is not so within ${patienceMs / 1000} s: ${isSo}`);
    await sleep(20);
  }
}
