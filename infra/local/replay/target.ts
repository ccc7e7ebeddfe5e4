import type { ReplayAnswer, ReplayCall } from '../../../schemas/replay.ts';
import { type FunctionTarget, openFunction, type Where } from '../function-target.ts';

/** The function of replays, on this machine or on AWS. */
export type Target = FunctionTarget<ReplayCall, ReplayAnswer>;

/** The runtime on the data folder, or the deployed stage. Throws a `StartError` that says how to have one. */
export const openTarget = (where: Where): Promise<Target> =>
  openFunction(
    { output: 'ReplayerFunction', part: 'ReplaysReplayer', what: 'A replay', many: 'replays' },
    { dataDir: where.dataDir, stage: where.stage },
  );
