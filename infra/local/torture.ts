import { fileURLToPath } from 'node:url';
import { openProgress, type Progress } from './demo/progress.ts';
import { runCommand } from './run-command.ts';
import { synthesize } from './synthesize.ts';
import { parseCommandLine, replayOf, type TortureOptions, usage } from './torture/command-line.ts';
import { reportText } from './torture/report.ts';
import { torture } from './torture/run.ts';

const outDir = fileURLToPath(new URL('../../cdk.out/local', import.meta.url));

await runCommand(
  async () => {
    const options = parseCommandLine(process.argv.slice(2));
    if (options) process.exitCode = await tell(options);
    else console.log(usage);
  },
  { usage: 2 },
);

/** Progress goes to standard error, so that standard output holds the report alone. */
async function tell(options: TortureOptions): Promise<number> {
  const say = (step: string) => console.error(step);
  say(`Seed ${options.seed}: ${replayOf(options)}`);
  const { assemblyDir } = await synthesize({ outDir });
  const bar = openProgress('Sending under fire', options.events, process.stderr);
  const onSent = (done: number) => {
    bar.update(done);
    if (done >= options.events) bar.stop();
  };
  let comparing: Progress | undefined;
  const onCompared = (done: number, people: number) => {
    comparing ??= openProgress('Comparing people', people, process.stderr);
    comparing.update(done);
    if (done === people) comparing.stop();
  };
  const report = await torture(options, assemblyDir, { say, onSent, onCompared });
  console.log(options.json ? JSON.stringify(report, null, 2) : reportText(report));
  return report.ok ? 0 : 1;
}
