import { readDeployTestOptions, usage } from './deploy-test/command-line.ts';
import { deployTest } from './deploy-test/deploy-test.ts';
import { runCommand } from './run-command.ts';

await runCommand(async () => {
  const options = readDeployTestOptions(process.argv.slice(2), process.env);
  if (options === undefined) console.log(usage);
  else if (!(await deployTest(options, (line) => console.log(line)))) process.exitCode = 1;
});
