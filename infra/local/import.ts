import { StartError } from './errors.ts';
import { dryRun } from './import/dry-run.ts';
import { importFile } from './import/follow.ts';
import { readRequest, usage } from './import/request.ts';

try {
  const request = readRequest(process.argv.slice(2));
  if (request === undefined) console.log(usage);
  else await (request.dryRun ? dryRun(request) : importFile(request));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
