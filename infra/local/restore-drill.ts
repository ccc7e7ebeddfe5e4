import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { parseCommandLine, usage } from './restore-drill/command-line.ts';
import { type Check, drill, holds } from './restore-drill/drill.ts';
import { runCommand } from './run-command.ts';
import { synthesize } from './synthesize.ts';

const outDir = fileURLToPath(new URL('../../cdk.out/local', import.meta.url));
const shownDifferences = 10;

await runCommand(
  async () => {
    const settings = parseCommandLine(process.argv.slice(2));
    if (settings === undefined) console.log(usage);
    else {
      const { assemblyDir } = await synthesize({ outDir });
      const checks = await drill({ ...settings, assemblyDir, say: (line) => console.log(line) });
      tell(checks);
      if (!checks.every(holds)) process.exitCode = 1;
    }
  },
  { usage: 2 },
);

function tell(checks: readonly Check[]): void {
  const table = new Table({ head: ['', 'compared', 'differ', 'as it has to be'], style: { head: [], border: [] } });
  for (const check of checks) {
    table.push([check.what, check.compared, check.differences.length, holds(check) ? 'yes' : 'NO']);
  }
  console.log(`\n${table}`);
  for (const { what, differences } of checks.filter((check) => !holds(check))) {
    const more = differences.length > shownDifferences ? `, … (${differences.length})` : '';
    console.log(`${what}: ${differences.slice(0, shownDifferences).join(', ')}${more}`);
  }
}
