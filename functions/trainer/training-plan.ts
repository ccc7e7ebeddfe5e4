import type {
  Answer,
  Ask,
  Progress,
  Trained,
  TrainingJob,
  TrainingState,
} from '../../shared/recommender/training/plan.ts';
import * as plan from '../../shared/recommender/training/plan.ts';
import type { TrainingPlan } from './reach.ts';

const { beginTraining, nextAsk, withAnswer, progressOf, trainedOf } = plan as unknown as {
  beginTraining(job: TrainingJob): TrainingState;
  nextAsk(state: TrainingState): Ask | undefined;
  withAnswer(state: TrainingState, answer: Answer): TrainingState;
  progressOf(state: TrainingState): Progress;
  trainedOf(state: TrainingState): Trained;
};

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
