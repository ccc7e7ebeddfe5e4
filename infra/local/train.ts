import { StartError } from './errors.ts';
import type { Where } from './function-target.ts';
import { runCommand } from './run-command.ts';
import { follow } from './train/follow.ts';
import { readCommand, usage } from './train/request.ts';
import { summaryOf } from './train/summary.ts';
import { openTarget } from './train/target.ts';

/** A version that is worse than the present one is no fault, and no success. */
const REFUSED = 2;

await runCommand(async () => {
  const where = readCommand(process.argv.slice(2));
  if (where === undefined) console.log(usage);
  else await train(where);
});

async function train(where: Where): Promise<void> {
  const target = await openTarget(where);
  try {
    const from = performance.now();
    const view = await follow(target, process.stdout);
    if (view.trained !== undefined) console.log(summaryOf(view));
    if (view.state === 'refused') {
      console.error(view.reason);
      process.exitCode = REFUSED;
    } else if (view.state !== 'published') {
      throw new StartError(view.reason ?? `The training ended as ${view.state}: see ${target.log}.`);
    }
    console.log(`${((performance.now() - from) / 1000).toFixed(1)} s.`);
  } finally {
    target.close();
  }
}
