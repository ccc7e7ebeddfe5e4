import { runCommand } from './run-command.ts';
import { readSmokeOptions, usage } from './smoke/command-line.ts';
import { smoke } from './smoke/smoke.ts';

await runCommand(async () => {
  const options = readSmokeOptions(process.argv.slice(2), process.env);
  if (options === undefined) console.log(usage);
  else if (!(await smoke(options, (line) => console.log(line)))) process.exitCode = 1;
});
