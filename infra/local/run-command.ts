import { ConfigError } from '../config.ts';
import { accessTrouble } from './aws-access.ts';
import { StartError, UsageError } from './errors.ts';

export interface ExitCodes {
  /** Of a command line that cannot be understood. @default 1 */
  readonly usage?: number;
}

/** Runs a command to its end. What its user can mend is told as a sentence, and it ends with 1; a fault of ours keeps its stack. */
export async function runCommand(work: () => Promise<void>, { usage = 1 }: ExitCodes = {}): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isTold = error instanceof StartError || error instanceof ConfigError;
    const told = isTold ? error.message : accessTrouble(error);
    if (told === undefined) throw error;
    console.error(told);
    process.exitCode = error instanceof UsageError ? usage : 1;
  }
}
