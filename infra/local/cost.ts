import { fileURLToPath } from 'node:url';
import { type CostOptions, parseCommandLine, usage } from './cost/command-line.ts';
import { reportOf } from './cost/report.ts';
import { reportText } from './cost/report-text.ts';
import { takeSample } from './cost/sample.ts';
import { openProgress } from './demo/progress.ts';
import { runCommand } from './run-command.ts';
import { synthesize } from './synthesize.ts';

const outDir = fileURLToPath(new URL('../../cdk.out/local', import.meta.url));

await runCommand(
  async () => {
    const options = parseCommandLine(process.argv.slice(2));
    if (options) await tell(options);
    else console.log(usage);
  },
  { usage: 2 },
);

/** Progress goes to standard error, so that standard output holds the report alone. */
async function tell({ traffic, stage, sample: events, segments, cpuFactor, json }: CostOptions): Promise<void> {
  const say = (step: string) => console.error(step);
  say(`Synthesizing stage ${stage}`);
  const { assemblyDir } = await synthesize({ outDir, stage });
  const openBar = (label: string, total: number) => openProgress(label, total, process.stderr);
  const sample = await takeSample({ assemblyDir, traffic, events, segments, cpuFactor, onStep: say, openBar });
  const report = reportOf({ stage, segments, sample, traffic });
  console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
}
