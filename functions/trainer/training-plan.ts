import { beginTraining, nextAsk, progressOf, trainedOf, withAnswer } from '../../shared/recommender/training/plan.ts';
import type { TrainingPlan } from './reach.ts';

/** The plan of trainings, as the trainer follows it. */
export const trainingPlan: TrainingPlan = {
  begin: beginTraining,
  next: nextAsk,
  with: withAnswer,
  progress: progressOf,
  trained: (state) => {
    const trained = trainedOf(state);
    return trained.interactions === 0 ? undefined : trained;
  },
};
