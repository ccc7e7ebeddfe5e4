import { parseArgs } from 'node:util';
import { S3 } from '@aws-sdk/client-s3';
import { misread, UsageError } from './errors.ts';
import { restoreObjects } from './restore-drill/restore-objects.ts';
import { runCommand } from './run-command.ts';

const usage = `Usage: node infra/local/restore-objects.ts --bucket NAME --to TIME

Makes the objects of a versioned bucket what they were at TIME (2026-11-20T08:00:00Z for example), with your AWS credentials.
Each is a version more, so that it can be taken back, and done again.`;

await runCommand(
  async () => {
    const { values } = parse();
    if (values.help) console.log(usage);
    else {
      const { bucket, to } = values;
      const time = new Date(/T.*(Z|[+-]\d{2}:\d{2})$/.test(to ?? '') ? (to as string) : Number.NaN);
      if (bucket === undefined || Number.isNaN(time.getTime())) {
        throw new UsageError(`--bucket and --to, an ISO time with its zone, are needed, not '${to}'.\n\n${usage}`);
      }
      const { back, deleted } = await restoreObjects(new S3({}), bucket, time);
      console.log(`${bucket}: ${back} objects are back, ${deleted} that came later are deleted`);
    }
  },
  { usage: 2 },
);

function parse() {
  try {
    return parseArgs({ options: { bucket: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean' } } });
  } catch (cause) {
    throw misread(cause, usage);
  }
}
