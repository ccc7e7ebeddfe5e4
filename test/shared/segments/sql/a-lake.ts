import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Catalog, CatalogTable } from '../../../../infra/local/services/athena/catalog.ts';
import { Engine } from '../../../../infra/local/services/athena/engine.ts';
import type { CleanEvent } from '../../../../schemas/event/clean-event.ts';
import { type LakeTable, text } from '../../../../schemas/lake/column.ts';
import { eventsLanded } from '../../../../schemas/lake/tables.ts';
import { tableRows } from '../../../../shared/lake/column-readers.ts';
import { eventReaders } from '../../../../shared/lake/event-row.ts';
import { parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { lakeCatalog } from '../../../fixtures/a-lake.ts';

const identities = {
  name: 'identities',
  comment: 'Whose key it is.',
  columns: [text('profile_key', 'Key.'), text('person_key', 'Person.')],
} as const satisfies LakeTable;

const tableOf = ({ name, comment, columns }: LakeTable): CatalogTable => ({
  name,
  comment,
  kind: 'table',
  columns,
  partitionKeys: [{ name: 'day', type: 'string' }],
  location: `s3://lake/${name}/`,
});

/** The lake that the stack deploys, where a table says whose keys are whose. */
const catalog: Catalog = {
  ...lakeCatalog,
  tables: [...lakeCatalog.tables.filter(({ name }) => name !== identities.name), tableOf(identities)],
};

type Row = readonly (string | null)[];

/** A lake of events and of whose keys are whose, read by the local Athena. */
export interface TestLake extends AsyncDisposable {
  /** Replaces all that it holds. */
  write(events: readonly CleanEvent[], personOf?: ReadonlyMap<string, string>): Promise<void>;
  rows(sql: string): Promise<Row[]>;
}

export async function aLake(): Promise<TestLake> {
  const root = await mkdtemp(path.join(tmpdir(), 'headwater-lake-'));
  const engine = new Engine({ root, catalog: () => catalog, memoryLimit: '1GB' });
  const put = async (table: string, file: Uint8Array) => {
    const folder = path.join(root, 'lake', table, 'day=2026-03-02');
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'rows.parquet'), file);
  };
  return {
    write: async (events, personOf = new Map()) => {
      const sources = events.map((event, index) => ({
        event,
        position: { shardId: 'shardId-000000000000', sequenceNumber: '1', index },
      }));
      await put('events_landed', parquetFile(tableRows(eventsLanded, eventReaders, sources)));
      const readers = { profile_key: (pair: Pair) => pair[0], person_key: (pair: Pair) => pair[1] };
      await put('identities', parquetFile(tableRows(identities, readers, [...personOf])));
    },
    rows: async (sql) => {
      const running = await engine.start({ sql, parameters: [], signal: new AbortController().signal });
      try {
        const rows: Row[] = [];
        for await (const some of running.rows()) rows.push(...some);
        return rows;
      } finally {
        await running.end();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

type Pair = readonly [profileKey: string, personKey: string];
