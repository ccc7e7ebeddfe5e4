import { describe, expect, test } from 'vitest';
import { lakeTables } from '../../../schemas/lake/tables.ts';
import { trainingTables } from '../../../schemas/lake/training-tables.ts';
import { lakeViews } from '../../../schemas/lake/views.ts';
import { resourcesOf, synthesized } from './synthesized.ts';

const template = synthesized('dev');
const inputs = new Map(
  resourcesOf(template, 'AWS::Glue::Table').map(([, { Properties }]) => [Properties.TableInput.Name, Properties]),
);

test('the catalog holds every table and view of the lake', () => {
  expect([...inputs.keys()].sort()).toEqual(
    [...lakeTables, ...trainingTables, ...lakeViews].map(({ name }) => name).sort(),
  );
  expect([...inputs.values()].every(({ DatabaseName }) => DatabaseName === 'headwater_dev')).toBe(true);
});

describe.each(lakeTables.map((table) => [table.name, table] as const))('table %s', (name, table) => {
  const { TableInput } = inputs.get(name);

  test('is Parquet', () => {
    expect(TableInput).toMatchObject({
      TableType: 'EXTERNAL_TABLE',
      StorageDescriptor: { SerdeInfo: { SerializationLibrary: expect.stringMatching(/ParquetHiveSerDe$/) } },
    });
  });

  test(table.unpartitioned ? 'has no partitions' : 'is partitioned by day without a crawler', () => {
    if (table.unpartitioned) expect(TableInput.PartitionKeys ?? []).toEqual([]);
    else
      expect(TableInput).toMatchObject({
        PartitionKeys: [{ Name: 'day', Type: 'string' }],
        Parameters: {
          'projection.enabled': 'true',
          'projection.day.type': 'date',
          'projection.day.format': 'yyyy-MM-dd',
          'projection.day.range': '2024-01-01,NOW',
        },
      });
  });

  test('lies where functions write', () => {
    const folder = ['s3://', { Ref: expect.stringMatching(/^LakeBucket/) }];
    const pathOf = (value: { 'Fn::Join': [string, unknown[]] }) => value['Fn::Join'][1];
    expect(pathOf(TableInput.StorageDescriptor.Location)).toEqual([...folder, `/${name}/`]);
    const template = TableInput.Parameters['storage.location.template'];
    if (table.unpartitioned) expect(template).toBeUndefined();
    else expect(pathOf(template)).toEqual([...folder, `/${name}/day=\${day}/`]);
  });

  test('has a comment on itself and on each column', () => {
    const { Columns } = TableInput.StorageDescriptor;
    expect(TableInput.Description).toBe(table.comment);
    expect(Columns.map((column: { Name: string }) => column.Name)).toEqual(table.columns.map((column) => column.name));
    for (const { Comment } of [...Columns, ...TableInput.PartitionKeys]) expect(Comment).toMatch(/^.{4,255}$/);
  });
});

describe.each(lakeViews.map((view) => [view.name, view] as const))('view %s', (name, view) => {
  const { TableInput } = inputs.get(name);
  const [, encoded = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(TableInput.ViewOriginalText) ?? [];
  const definition = JSON.parse(Buffer.from(encoded, 'base64').toString());

  test('is one that Athena understands', () => {
    expect(TableInput).toMatchObject({
      TableType: 'VIRTUAL_VIEW',
      Parameters: { presto_view: 'true', comment: view.comment },
      ViewExpandedText: '/* Presto View */',
    });
    expect(definition).toMatchObject({ catalog: 'awsdatacatalog', schema: 'headwater_dev' });
    expect(definition.originalSql).toMatch(/^(--.*\n)*(SELECT|WITH)\b/);
  });

  test('gives each column its Trino type', () => {
    const types = new Set(definition.columns.map(({ type }: { type: string }) => type));
    expect(definition.columns.map((column: { name: string }) => column.name)).toEqual(view.columns.map((c) => c.name));
    for (const type of types) {
      expect(type).toMatch(/^(varchar|integer|bigint|double|boolean|timestamp\(3\)|decimal\(18,4\))$/);
    }
  });
});
