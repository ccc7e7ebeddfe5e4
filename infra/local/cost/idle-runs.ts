import type { ScheduleSpec } from '../deploy/local-parts.ts';
import type { UsageLine } from '../gateway/billing-units.ts';
import { ON_PURPOSE_MS } from './function-time.ts';

/** One run of a scheduled function while nothing is to be done. */
export interface IdleRun {
  readonly functionLogicalId: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly usage: readonly UsageLine[];
}

/** Says what was used while some work went on. */
export type During = (work: () => Promise<unknown>) => Promise<readonly UsageLine[]>;

/**
 * Runs each scheduled function twice, side by side, and takes the second run: the first loads the code, which later ones on AWS
 * find loaded. What waits on purpose runs once.
 */
export async function idleRuns(
  schedules: readonly ScheduleSpec[],
  run: (spec: ScheduleSpec) => Promise<unknown>,
  during: During,
): Promise<IdleRun[]> {
  const quick = new Set<ScheduleSpec>();
  const first = await during(() =>
    Promise.all(
      schedules.map(async (spec) => {
        const began = performance.now();
        await run(spec);
        if (performance.now() - began < ON_PURPOSE_MS) quick.add(spec);
      }),
    ),
  );
  const second = await during(() => Promise.all([...quick].map(run)));
  return schedules.map((spec) => {
    const { functionLogicalId, expression, timeZone } = spec;
    const usage = (quick.has(spec) ? second : first).filter(({ caller }) => caller === functionLogicalId);
    return { functionLogicalId, expression, timeZone, usage };
  });
}
