import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { AuditAction, AuditEntry, AuditRecord } from '../../../schemas/stream/audit.ts';
import { StartError } from '../errors.ts';

/** Where a command writes down what it does. */
export interface CommandAudit {
  readonly kinesis: KinesisClient;
  readonly stream: string;
  /** Id of the AWS access key that it runs with, which CloudTrail knows, too. */
  readonly actor: string;
  readonly clock: () => number;
  readonly newId: () => string;
}

/**
 * Does what `run` does to the key `id`, written down before and after. Throws `StartError`, and has done nothing, when it cannot be
 * written down; throws what `run` throws.
 */
export async function auditedChange<T>(
  audit: CommandAudit,
  action: AuditAction,
  id: string,
  run: () => Promise<T>,
): Promise<T> {
  await write(audit, action, id, 'asked');
  try {
    const done = await run();
    await write(audit, action, id, 'done').catch((error) => console.error((error as Error).message));
    return done;
  } catch (error) {
    await write(audit, action, id, 'refused').catch(() => undefined);
    throw error;
  }
}

async function write(
  { kinesis, stream, actor, clock, newId }: CommandAudit,
  action: AuditAction,
  target: string,
  outcome: string,
): Promise<void> {
  const entry: AuditEntry = {
    id: newId(),
    at: clock(),
    actor,
    actorType: 'command',
    action,
    targetType: 'key',
    target,
    outcome,
  };
  const record: AuditRecord = { v: 1, kind: 'audit', items: [entry] };
  const data = Buffer.from(JSON.stringify(record));
  const put = new PutRecordsCommand({ StreamName: stream, Records: [{ PartitionKey: 'u0', Data: data }] });
  const { FailedRecordCount, Records } = await kinesis.send(put).catch((error: Error) => {
    throw notWritten(error.name);
  });
  if (FailedRecordCount) throw notWritten(Records?.[0]?.ErrorCode ?? 'an unknown reason');
}

const notWritten = (why: string): StartError =>
  new StartError(
    `The audit log could not be written (${why}): see that you may put records on the stream, and try again.`,
  );
