import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Question } from './runtime-process.ts';

const program = fileURLToPath(new URL('./runtime-process.ts', import.meta.url));

/** Asks the runtime's process; one question at a time. */
export type Ask = <Answer>(question: Question) => Promise<Answer>;

/** Starts the local runtime in a process of its own, as `npm start` would. `stop` ends it. */
export async function forkRuntime(): Promise<{ readonly url: string; readonly ask: Ask }> {
  const runtime = fork(program, [], { execArgv: ['--max-semi-space-size=4'] });
  const next = async () => ((await once(runtime, 'message')) as [{ answer: never }])[0].answer;
  const url = await next();
  return {
    url,
    ask: (question) => {
      runtime.send(question);
      return next();
    },
  };
}
