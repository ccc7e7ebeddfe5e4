import type { StartOptions } from './command-line.ts';
import { sendDemo } from './demo/send-demo.ts';
import type { Runtime } from './runtime.ts';
import { tour } from './tour/tour.ts';

export interface StepContext {
  readonly runtime: Runtime;
  readonly options: StartOptions;
  /** Prints one line to the terminal. */
  readonly print: (line: string) => void;
}

/** Something that `npm start` does once the stack runs, in order; it tells whether it worked. */
export interface AfterStart {
  readonly title: string;
  /** Whether `--no-demo` leaves it out. */
  readonly demo: boolean;
  run(context: StepContext): Promise<boolean>;
}

/** What `npm start` shows of the running stack: the demo store's events, then the tour. */
export const afterStart: readonly AfterStart[] = [sendDemo, tour];
