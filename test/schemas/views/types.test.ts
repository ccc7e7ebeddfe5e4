import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../infra/local/services/athena/engine.ts';
import type { ColumnType } from '../../../schemas/lake/column.ts';
import { lakeViews } from '../../../schemas/lake/views.ts';
import { lakeCatalog } from '../../fixtures/a-lake.ts';

let root: string;
let engine: Engine;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'headwater-types-'));
  await mkdir(path.join(root, 'lake'));
  engine = new Engine({ root, catalog: () => lakeCatalog, memoryLimit: '256MB' });
});
afterAll(async () => {
  await engine.close();
  await rm(root, { recursive: true });
});

const declared: Readonly<Record<ColumnType, string>> = {
  string: 'varchar',
  int: 'integer',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
  'decimal(18,4)': 'decimal(18,4)',
};

/** Athena takes a view for stale whose SQL gives other types than were written down with it. */
test.each(lakeViews.map((view) => [view.name, view] as const))('columns of %s have their types', async (name, view) => {
  const { signal } = new AbortController();
  const running = await engine.start({ sql: `SELECT * FROM ${name}`, parameters: [], signal });
  await running.end();
  const types = running.columns.map(({ Name, Type, Precision, Scale }) => [
    Name,
    Type === 'decimal' ? `decimal(${Precision},${Scale})` : Type,
  ]);
  expect(types).toEqual(view.columns.map((column) => [column.name, declared[column.type]]));
});
