import { dryRun } from './import/dry-run.ts';
import { importFile } from './import/follow.ts';
import { readRequest, usage } from './import/request.ts';
import { runCommand } from './run-command.ts';

await runCommand(async () => {
  const request = readRequest(process.argv.slice(2));
  if (request === undefined) console.log(usage);
  else await (request.dryRun ? dryRun(request) : importFile(request));
});
