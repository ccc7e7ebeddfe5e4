import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { itemSize } from '../gateway/billing-item-size.ts';
import type { UsageLine } from '../gateway/billing-units.ts';
import type { Runtime } from '../runtime.ts';
import { logVolume } from './meter-invocations.ts';
import type { Resources } from './stage-facts.ts';

/** What the functions wrote to their logs. */
export async function logLines(
  dataDir: string,
  functions: readonly { readonly logicalId: string; readonly functionName: string }[],
): Promise<UsageLine[]> {
  const line = async ({ logicalId, functionName }: (typeof functions)[number]): Promise<UsageLine> => {
    const texts = [`${functionName}.log.1`, `${functionName}.log`].map((name) =>
      readFile(path.join(dataDir, 'logs', name), 'utf8').catch(() => ''),
    );
    const text = (await Promise.all(texts)).join('');
    const quantity = logVolume(Buffer.byteLength(text), text.split('\n').length - 1);
    return { caller: logicalId, operation: 'Log', resource: functionName, unit: 'logBytes', quantity };
  };
  return Promise.all(functions.map(line));
}

/** Bytes of each table as they are billed, by logical id. */
export async function tableBytes(runtime: Runtime, resources: Resources): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  for (const [logicalId, { type }] of resources) {
    if (type !== 'AWS::DynamoDB::Table') continue;
    const TableName = runtime.deployment.resources.get(logicalId)?.ref;
    let from: object | undefined;
    let sum = 0;
    do {
      const page: { Items: never[]; LastEvaluatedKey?: object } = await runtime.gateway.invoke(
        'tool',
        'dynamodb',
        'Scan',
        {
          TableName,
          ...(from && { ExclusiveStartKey: from }),
        },
      );
      // Each item takes 100 bytes more where it is stored. What has expired goes by itself.
      for (const item of page.Items) if (!hasExpired(item)) sum += itemSize(item) + 100;
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    bytes[logicalId] = sum;
  }
  return bytes;
}

const hasExpired = ({ expiresAt }: { expiresAt?: { N?: string } }): boolean =>
  Number(expiresAt?.N ?? Number.POSITIVE_INFINITY) * 1000 < Date.now();

/** Bytes of all files under a folder. */
export async function bytesUnder(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes of landed rows in one file a table, as sealing leaves them. Writes to `folder`. */
export async function bytesOnceSealed(lakeDir: string, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(lakeDir)).filter((name) => name.endsWith('_landed'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    for (const name of names) {
      const [from, to] = [path.join(lakeDir, name, '**', '*.parquet'), path.join(folder, `${name}.parquet`)];
      const rows = `SELECT * FROM read_parquet('${from}', union_by_name = true, hive_partitioning = false)`;
      await connection.run(`COPY (${rows}) TO '${to}' (FORMAT parquet, COMPRESSION zstd)`);
    }
  } finally {
    connection.closeSync();
  }
  return bytesUnder(folder);
}
