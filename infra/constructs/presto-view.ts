import type { Column, ColumnType } from '../../schemas/lake/column.ts';

const trinoTypes: Record<ColumnType, string> = {
  string: 'varchar',
  int: 'integer',
  bigint: 'bigint',
  double: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp(3)',
  'decimal(18,4)': 'decimal(18,4)',
};

/** The text under which Athena keeps a view in the Glue catalog: its SQL and Trino types as JSON in base64. */
export function prestoView(view: { sql: string; schema: string; columns: readonly Column[] }): string {
  const definition = {
    originalSql: view.sql.trim(),
    catalog: 'awsdatacatalog',
    schema: view.schema,
    columns: view.columns.map(({ name, type }) => ({ name, type: trinoTypes[type] })),
  };
  return `/* Presto View: ${Buffer.from(JSON.stringify(definition)).toString('base64')} */`;
}
