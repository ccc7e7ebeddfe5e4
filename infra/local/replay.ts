import { StartError } from './errors.ts';
import { follow } from './replay/follow.ts';
import { type ReplayCommand, readCommand, usage } from './replay/request.ts';
import { summaryOf } from './replay/summary.ts';
import { openTarget } from './replay/target.ts';
import { runCommand } from './run-command.ts';

await runCommand(async () => {
  const command = readCommand(process.argv.slice(2));
  if (command === undefined) console.log(usage);
  else await replay(command);
});

async function replay(command: ReplayCommand): Promise<void> {
  const target = await openTarget(command);
  try {
    const from = performance.now();
    const view = await follow(target, command.request, process.stdout);
    console.log(summaryOf(view));
    if (view.failure !== undefined) throw new StartError(view.failure);
    const seconds = ((performance.now() - from) / 1000).toFixed(1);
    console.log(`${seconds} s.${command.request.isDry ? ' Nothing was changed: leave out --dry-run.' : ''}`);
  } finally {
    target.close();
  }
}
