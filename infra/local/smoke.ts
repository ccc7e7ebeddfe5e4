import { StartError } from './errors.ts';
import { readSmokeOptions, usage } from './smoke/command-line.ts';
import { smoke } from './smoke/smoke.ts';

try {
  const options = readSmokeOptions(process.argv.slice(2), process.env);
  if (options === undefined) console.log(usage);
  else if (!(await smoke(options, (line) => console.log(line)))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
