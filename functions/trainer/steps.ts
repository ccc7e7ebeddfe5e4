import type { TrainingSettings } from '../../schemas/training.ts';
import type { TrainingJob } from '../../shared/recommender/training/plan.ts';
import type { ShownCatalog } from '../adapters/training-work.ts';
import { learn, learning, learnt, show, snapshot } from './catalog-steps.ts';
import { LoadSteps } from './load-steps.ts';
import { clean, publish, record } from './publish-steps.ts';
import { afterState, ask, asking, clear } from './query-steps.ts';
import type { Reach } from './reach.ts';
import type { Training, TrainingStep } from './training.ts';

/** What a step leaves behind. */
export interface Advanced {
  readonly step: TrainingStep;
  /** Where the lake shows another catalog since. */
  readonly catalog?: ShownCatalog;
}

/** The same people are held back each night, so that versions compare. */
const SEED = 20;

/** Does the step that a training is at; each may be done again, with the same effect. Throws what its services throw. */
export class TrainingSteps {
  readonly #reach: Reach;
  readonly #load: LoadSteps;

  constructor(reach: Reach) {
    this.#reach = reach;
    this.#load = new LoadSteps(reach);
  }

  /** Undefined when there is something to wait for, or too little time before `until`. */
  async advance(training: Training, shown: ShownCatalog | undefined, until: number): Promise<Advanced | undefined> {
    if (training.step.name !== 'show') {
      const step = await this.#next(training, shown, until);
      return step && { step };
    }
    const catalog = await show(this.#reach, training, training.step, shown);
    const state = this.#reach.plan.begin(jobOf(training, this.#reach.settings));
    return { step: afterState(this.#reach, training, state), catalog };
  }

  async #next(training: Training, shown: ShownCatalog | undefined, until: number): Promise<TrainingStep | undefined> {
    const reach = this.#reach;
    const { step } = training;
    switch (step.name) {
      case 'learn':
        return await learn(reach, training, step, shown);
      case 'learning':
        return await learning(reach, step);
      case 'learnt':
        return await learnt(reach, step);
      case 'snapshot':
        return await snapshot(reach, step);
      case 'clear':
        return await clear(reach, step);
      case 'ask':
        return await ask(reach, training, step, until);
      case 'asking':
        return await asking(reach, training, step);
      case 'items':
        return await this.#load.items(training, step);
      case 'neighbours':
        return await this.#load.neighbours(training, step);
      case 'publish':
        return await publish(reach, training, step);
      case 'record':
        return await record(reach, step);
      case 'clean':
        return await clean(reach, training, step);
      case 'show':
      case 'over':
        return step;
    }
  }
}

const jobOf = ({ version, startedAt }: Training, { method, tuningSeconds, blend }: TrainingSettings): TrainingJob => ({
  run: version,
  source: 'lake',
  asOf: startedAt,
  budgetMs: tuningSeconds * 1_000,
  seed: SEED,
  ...(method && { method }),
  ...(blend && { blend }),
});
