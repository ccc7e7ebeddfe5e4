import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Runtime } from '../runtime.ts';

/** What holds all stores of a stage on this machine. */
export interface Stage {
  readonly gateway: Pick<Runtime['gateway'], 'invoke'>;
  readonly dataDir: string;
}

type Item = Readonly<Record<string, { readonly B?: string; readonly SS?: readonly string[] }>>;

/** A text that stands in a store, and where. */
export interface Trace {
  readonly store: string;
  readonly text: string;
}

/**
 * Looks for texts in all that a stage stores but the stream and the queue: in every item of every table, in every object
 * and every version of one in every bucket, packed and unpacked, and in every log.
 */
export async function tracesOf(stage: Stage, texts: readonly string[]): Promise<Trace[]> {
  const traces: Trace[] = [];
  const look = (store: string, bytes: Uint8Array) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const text of texts) {
      const forms = [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
      if (forms.some((form) => buffer.includes(form))) traces.push({ store, text });
    }
  };
  for await (const { table, item } of everyItem(stage)) {
    look(`table ${table}`, Buffer.from(JSON.stringify(item)));
    for (const [name, { B, SS }] of Object.entries(item)) {
      look(`table ${table} ${name}`, Buffer.from((SS ?? []).join(' ')));
      if (B !== undefined)
        for (const bytes of unpacked(Buffer.from(B, 'base64'))) look(`table ${table} ${name}`, bytes);
    }
  }
  const database = await DuckDBInstance.create(':memory:');
  const connection = await database.connect();
  for (const file of filesOf(join(stage.dataDir, 's3'))) {
    const name = `object ${relative(stage.dataDir, file)}`;
    const bytes = readFileSync(file);
    look(name, Buffer.from(name));
    for (const each of unpacked(bytes)) look(name, each);
    if (bytes.subarray(0, 4).toString() !== 'PAR1') continue;
    const rows = await connection.runAndReadAll(
      `SELECT to_json(t) FROM read_parquet('${file.replaceAll("'", "''")}', hive_partitioning = false) t`,
    );
    look(name, Buffer.from(JSON.stringify(rows.getRows())));
  }
  connection.closeSync();
  database.closeSync();
  for (const file of filesOf(join(stage.dataDir, 'logs'))) look(`log ${file}`, readFileSync(file));
  return traces;
}

/** Every item of every table. */
async function* everyItem({ gateway }: Stage): AsyncGenerator<{ table: string; item: Item }> {
  const call = <Output>(operation: string, input: object) =>
    gateway.invoke<Output>('tool', 'dynamodb', operation, input);
  const { TableNames } = await call<{ TableNames: string[] }>('ListTables', {});
  for (const table of TableNames) {
    let start: Item | undefined;
    do {
      const page: { Items: Item[]; LastEvaluatedKey?: Item } = await call('Scan', {
        TableName: table,
        ...(start && { ExclusiveStartKey: start }),
      });
      for (const item of page.Items) yield { table, item };
      start = page.LastEvaluatedKey;
    } while (start);
  }
}

/** The bytes as they are, and as whatever packed them would unpack them. */
function unpacked(bytes: Buffer): Buffer[] {
  return [bytes, ...packings.flatMap((unpack) => attempted(unpack, bytes) ?? [])];
}

const packings = [zstdDecompressSync, gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync];

function attempted(unpack: (bytes: Buffer) => Buffer, bytes: Buffer): Buffer | undefined {
  try {
    return unpack(bytes);
  } catch {
    return undefined;
  }
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
