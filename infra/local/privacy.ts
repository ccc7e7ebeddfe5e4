import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivacyRequestView } from '../../schemas/api/privacy.ts';
import { eraseAgain } from './privacy/erase-again.ts';
import { follow } from './privacy/follow.ts';
import { openPrivacyApi, type PrivacyApi } from './privacy/privacy-api.ts';
import { type PrivacyCommand, readCommand, usage } from './privacy/request.ts';
import { againText, summaryOf } from './privacy/summary.ts';
import { runCommand } from './run-command.ts';

await runCommand(async () => {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command === undefined) console.log(usage);
  else await run(command);
});

async function run({ where, key, request }: PrivacyCommand): Promise<void> {
  const api = await openPrivacyApi(where, key);
  try {
    if (request.command === 'status') tell(await api.read(request.id));
    else if (request.command !== 'erase-again') await followed(api, await api.ask(request));
    else {
      const { erasures, requests } = await eraseAgain(where, request.since);
      console.log(againText(erasures, requests));
      for (const id of requests) await followed(api, id);
    }
  } finally {
    api.close();
  }
}

async function followed(api: PrivacyApi, id: string): Promise<void> {
  tell(await follow(() => api.read(id), process.stderr, sleep));
}

function tell(view: PrivacyRequestView): void {
  console.log(summaryOf(view));
  if (view.state === 'failed') process.exitCode = 1;
}
