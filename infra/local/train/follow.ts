import type { TrainingView } from '../../../schemas/training.ts';
import { StartError } from '../errors.ts';
import { followWork, type Output } from '../follow-work.ts';
import type { Target } from './target.ts';

/** Begins a training, or joins the one under way, and has it go on until it is over. Throws a `StartError`. */
export async function follow(target: Target, output: Output, pauseMs?: number): Promise<TrainingView> {
  const { training: first } = await target.call({ start: true });
  if (first === undefined) throw new StartError('Another training has just begun: try again.');
  const goOn = async (forMs: number) => {
    const { training } = await target.call({ work: { forMs } });
    return training?.version === first.version ? training : undefined;
  };
  return await followWork({ name: 'training', first, goOn, log: target.log, output, pauseMs });
}
