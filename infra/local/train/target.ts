import type { TrainingAnswer, TrainingCall } from '../../../schemas/training.ts';
import { type FunctionTarget, openFunction, type Where } from '../function-target.ts';

/** The trainer, on this machine or on AWS. */
export type Target = FunctionTarget<TrainingCall, TrainingAnswer>;

/** The runtime on the data folder, or the deployed stage. Throws a `StartError` that says how to have one. */
export const openTarget = (where: Where): Promise<Target> =>
  openFunction(
    { output: 'TrainerFunction', part: 'RecommendationsTrainer', what: 'A training', many: 'recommendations' },
    where,
  );
