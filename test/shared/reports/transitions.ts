import type { ALake } from '../../fixtures/a-lake.ts';
import { aRecord } from '../../fixtures/events.ts';

/** Lands what a person's memberships became on some days. */
export async function landTransitions(
  lake: ALake,
  key: string,
  changes: readonly (readonly [segmentId: string, to: 'entered' | 'exited', day: string])[],
): Promise<void> {
  const items = changes.map(([segmentId, to, day], index) => {
    const at = Date.parse(`${day}T09:00:00Z`);
    const n = index + 1;
    return {
      id: `p-1-${n}`,
      profileId: 'p-1',
      key,
      n,
      segmentId,
      version: 1,
      to,
      at,
      cause: { type: 'time', time: at },
    };
  });
  const arrivedAt = Math.max(...items.map(({ at }) => at));
  await lake.land(aRecord({ v: 1, kind: 'transitions', items }, { arrivedAt, shardId: 'shardId-000000000009' }));
}
