import { setTimeout as sleep } from 'node:timers/promises';
import { openProgress, type Progress } from './demo/progress.ts';
import { StartError } from './errors.ts';

/** How long the function goes on before it says how far it is. */
const SLICE_MS = 1_000;
/** After the first failure, longer after each further one; and while another run is at it, which answers at once. */
const PAUSE_MS = 200;
/** Calls that may fail in a row: a runtime that starts anew is away for some seconds. */
const MAX_FAILURES = 10;
const PARTS = 100;

export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** How work stands that a function does in slices. */
export interface WorkView {
  readonly state: string;
  /** What it does. */
  readonly label: string;
  /** How far it is with that, from 0 to 1. */
  readonly part: number;
}

export interface Work<View extends WorkView> {
  /** `replay` or `training`. */
  readonly name: string;
  readonly first: View;
  /** Has it go on for so long; undefined when another one has taken its place. */
  readonly goOn: (forMs: number) => Promise<View | undefined>;
  /** Where its log is. */
  readonly log: string;
  readonly output: Output;
  /** @default 200 */
  readonly pauseMs?: number | undefined;
}

/** Has work go on until it is no longer `running`, with a bar for each thing that it does. Throws a `StartError`. */
export async function followWork<View extends WorkView>(work: Work<View>): Promise<View> {
  const shown = new ShownProgress(work.output);
  try {
    return await over(work, shown);
  } finally {
    shown.stop();
  }
}

async function over<View extends WorkView>(
  { name, first, goOn, log, pauseMs = PAUSE_MS }: Work<View>,
  shown: ShownProgress,
): Promise<View> {
  let view = first;
  for (let failures = 0; view.state === 'running'; ) {
    shown.show(view);
    const began = performance.now();
    try {
      const next = await goOn(SLICE_MS);
      if (next === undefined) throw new StartError(`Another ${name} has taken the place of this one.`);
      view = next;
      failures = 0;
      if (view.state === 'running' && performance.now() - began < pauseMs) await sleep(pauseMs);
    } catch (cause) {
      if (cause instanceof StartError) throw cause;
      failures += 1;
      if (failures === MAX_FAILURES) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StartError(
          `The ${name} does not get on: ${why}\nSee ${log}. It goes on by itself every five minutes, or with the same command.`,
          { cause },
        );
      }
      await sleep(pauseMs * failures);
    }
  }
  return view;
}

class ShownProgress {
  readonly #output: Output;
  #label = '';
  #bar: Progress | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  show({ label, part }: WorkView): void {
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
