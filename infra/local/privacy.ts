import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from './errors.ts';
import { follow } from './privacy/follow.ts';
import { openPrivacyApi } from './privacy/privacy-api.ts';
import { type PrivacyCommand, readCommand, usage } from './privacy/request.ts';
import { summaryOf } from './privacy/summary.ts';

try {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command === undefined) console.log(usage);
  else await run(command);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function run({ where, key, request }: PrivacyCommand): Promise<void> {
  const api = await openPrivacyApi(where, key);
  try {
    const id = request.command === 'status' ? request.id : await api.ask(request);
    const isFollowed = request.command !== 'status';
    const view = isFollowed ? await follow(() => api.read(id), process.stderr, sleep) : await api.read(id);
    console.log(summaryOf(view));
    if (view.state === 'failed') process.exitCode = 1;
  } finally {
    api.close();
  }
}
