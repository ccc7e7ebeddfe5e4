import { randomBytes, randomUUID } from 'node:crypto';
import { settingsOf, stages } from '../config.ts';
import { auditedChange, type CommandAudit } from './keys/audit.ts';
import { type Around, create, type Made, revoke, rotate } from './keys/change.ts';
import { openKeyTable } from './keys/key-table.ts';
import { type KeysCommand, readCommand, usage } from './keys/request.ts';
import { asTable, shownKeys } from './keys/show.ts';
import { openTarget } from './keys/target.ts';
import { runCommand } from './run-command.ts';

const KEY_BYTES = 32;

await runCommand(async () => {
  const command = readCommand(process.argv.slice(2));
  if (command === undefined) console.log(usage);
  else await run(command);
});

async function run({ where, request }: KeysCommand): Promise<void> {
  const { writeKeys, apiKeys, spaces } = settingsOf(where.stage ?? 'local', stages);
  const target = await openTarget(where);
  const around: Around = {
    keys: openKeyTable(target),
    settings: [...writeKeys, ...apiKeys],
    spaces,
    now: Date.now(),
    random: () => randomBytes(KEY_BYTES),
  };
  const audit = async (): Promise<CommandAudit> => {
    const { accessKeyId: actor } = await target.dynamoDb.config.credentials();
    return { kinesis: target.kinesis, stream: target.stream, actor, clock: Date.now, newId: randomUUID };
  };
  try {
    switch (request.command) {
      case 'list': {
        const keys = shownKeys({ writeKeys, apiKeys }, await around.keys.list(), around.now);
        console.log(request.json ? JSON.stringify(keys, undefined, 2) : asTable(keys));
        return;
      }
      case 'create':
        tell(await auditedChange(await audit(), 'key.create', request.id, () => create(around, request)), 'Made');
        return;
      case 'rotate': {
        const made = await auditedChange(await audit(), 'key.rotate', request.id, () =>
          rotate(around, request.id, request.overlap),
        );
        tell(made, 'Rotated');
        console.error(`The key before works until ${new Date(made.until).toISOString()}.`);
        return;
      }
      case 'revoke': {
        const count = await auditedChange(await audit(), 'key.revoke', request.id, () => revoke(around, request.id));
        console.error(
          count === 0
            ? `No key of the name ${request.id} was in force; the name is free.`
            : `Revoked ${request.id} (${count} ${count === 1 ? 'key' : 'keys'}): refused everywhere within 30 seconds.`,
        );
        return;
      }
    }
  } finally {
    target.dynamoDb.destroy();
    target.kinesis.destroy();
  }
}

/** The key alone on standard output, so that a script can take it. */
function tell({ text, key: { id, scopes, source, space } }: Made, what: string): void {
  const people = space === undefined ? '' : ` for people of the space ${space}`;
  const of = source === undefined ? people : ` for the source ${source}`;
  console.error(`${what} ${id}: ${scopes.join(', ')}${of}. The key is shown this once, keep it safe:`);
  console.log(text);
}
