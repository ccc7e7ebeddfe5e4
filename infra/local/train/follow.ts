import { setTimeout as sleep } from 'node:timers/promises';
import type { TrainingView } from '../../../schemas/training.ts';
import { openProgress, type Progress } from '../demo/progress.ts';
import { StartError } from '../errors.ts';
import type { Target } from './target.ts';

/** How long the function goes on before it says how far it is. */
const SLICE_MS = 1_000;
/** After the first failure, longer after each further one; and while another run is at it, which answers at once. */
const PAUSE_MS = 200;
/** Calls that may fail in a row: a runtime that starts anew is away for some seconds. */
const MAX_FAILURES = 10;

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Begins a training, or joins the one under way, and has it go on until it is over. Throws a `StartError`. */
export async function follow(target: Target, output: Output, pauseMs = PAUSE_MS): Promise<TrainingView> {
  const { training } = await target.call({ start: true });
  if (training === undefined) throw new StartError('Another training has just begun: try again.');
  const shown = new ShownProgress(output);
  try {
    return await over(target, training, shown, pauseMs);
  } finally {
    shown.stop();
  }
}

async function over(target: Target, first: TrainingView, shown: ShownProgress, pauseMs: number): Promise<TrainingView> {
  let view = first;
  for (let failures = 0; view.state === 'running'; ) {
    shown.show(view);
    const began = performance.now();
    try {
      const { training } = await target.call({ work: { forMs: SLICE_MS } });
      if (training?.version !== first.version)
        throw new StartError('Another training has taken the place of this one.');
      view = training;
      failures = 0;
      if (view.state === 'running' && performance.now() - began < pauseMs) await sleep(pauseMs);
    } catch (cause) {
      if (cause instanceof StartError) throw cause;
      failures += 1;
      if (failures === MAX_FAILURES) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StartError(
          `The training does not get on: ${why}\nSee ${target.log}. It goes on by itself every five minutes, or with the same command.`,
          { cause },
        );
      }
      await sleep(pauseMs * failures);
    }
  }
  return view;
}

const PARTS = 100;

/** A bar for each thing that the training does, one after the other. */
class ShownProgress {
  readonly #output: Output;
  #label = '';
  #bar: Progress | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  show({ label, part }: TrainingView): void {
    if (label !== this.#label) {
      this.stop();
      this.#label = label;
      this.#bar = openProgress(label.charAt(0).toUpperCase() + label.slice(1), PARTS, this.#output);
    }
    this.#bar?.update(Math.floor(part * PARTS));
  }

  stop(): void {
    this.#bar?.update(PARTS);
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
