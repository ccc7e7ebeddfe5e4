import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayRequest, ReplayView } from '../../../schemas/replay.ts';
import { openProgress, type Progress } from '../demo/progress.ts';
import { StartError } from '../errors.ts';
import type { Target } from './target.ts';

/** How long the function goes on before it says how far it is. */
const SLICE_MS = 1_000;
/** After the first failure, longer after each further one. */
const PAUSE_MS = 200;
/** Calls that may fail in a row: a runtime that starts anew is away for some seconds. */
const MAX_FAILURES = 10;

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Begins a replay, or joins the same one, and has it go on until it is over. Throws a `StartError`. */
export async function follow(
  target: Target,
  request: ReplayRequest,
  output: Output,
  pauseMs = PAUSE_MS,
): Promise<ReplayView> {
  const { replay, refused } = await target.call({ start: request });
  if (refused || replay === undefined) {
    const what = replay === undefined ? '' : ` (--${optionOf(replay.request)}: ${replay.label})`;
    throw new StartError(`Another replay is under way${what}: there is one at a time. Try again when it is over.`);
  }
  const shown = new ShownProgress(output);
  try {
    return await over(target, replay, shown, pauseMs);
  } finally {
    shown.stop();
  }
}

const optionOf = ({ kind }: ReplayRequest): string => (kind === 'setAside' ? 'set-aside' : kind);

async function over(target: Target, first: ReplayView, shown: ShownProgress, pauseMs: number): Promise<ReplayView> {
  let view = first;
  for (let failures = 0; view.state === 'running'; ) {
    shown.show(view);
    try {
      const { replay } = await target.call({ work: { forMs: SLICE_MS } });
      if (replay?.id !== first.id) throw new StartError('Another replay has taken the place of this one.');
      view = replay;
      failures = 0;
    } catch (cause) {
      if (cause instanceof StartError) throw cause;
      failures += 1;
      if (failures === MAX_FAILURES) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new StartError(
          `The replay does not get on: ${why}\nSee ${target.log}. It goes on by itself every five minutes, or with the same command.`,
          { cause },
        );
      }
      await sleep(pauseMs * failures);
    }
  }
  return view;
}

const PARTS = 100;

/** A bar for each thing that the replay does, one after the other. */
class ShownProgress {
  readonly #output: Output;
  #label = '';
  #bar: Progress | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  show({ label, part }: ReplayView): void {
    if (label !== this.#label) {
      this.stop();
      this.#label = label;
      this.#bar = openProgress(capital(label), PARTS, this.#output);
    }
    this.#bar?.update(Math.floor(part * PARTS));
  }

  stop(): void {
    this.#bar?.update(PARTS);
    this.#bar?.stop();
    this.#bar = undefined;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
