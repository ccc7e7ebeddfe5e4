import type { Catalog, CatalogTable } from './catalog.ts';
import { QueryError } from './query-error.ts';
import type { ResultRow } from './result-file.ts';

/** The answer to a statement that asks about the catalog, not about data. It has no header row. */
export interface UtilityAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly ResultRow[];
}

const name = String.raw`(?:["\`]?(?:\w+)["\`]?\.)?["\`]?(\w+)["\`]?`;

const statements: readonly [pattern: RegExp, answer: (match: RegExpExecArray, catalog: Catalog) => UtilityAnswer][] = [
  [/^SHOW\s+(?:DATABASES|SCHEMAS)$/i, (_, catalog) => ({ columns: ['database_name'], rows: [[catalog.database]] })],
  [
    /^SHOW\s+(TABLES|VIEWS)(?:\s+(?:IN|FROM)\s+["`]?\w+["`]?)?(?:\s+(?:LIKE\s+)?'([^']*)')?$/i,
    ([, what = '', pattern], { tables }) => ({
      columns: [what.toUpperCase() === 'VIEWS' ? 'views' : 'tab_name'],
      rows: tables
        .filter(({ kind }) => what.toUpperCase() !== 'VIEWS' || kind === 'view')
        .filter((table) => pattern === undefined || likePattern(pattern).test(table.name))
        .map((table) => [table.name])
        .sort(),
    }),
  ],
  [
    new RegExp(`^SHOW\\s+COLUMNS\\s+(?:IN|FROM)\\s+${name}$`, 'i'),
    ([, table = ''], catalog) => ({
      columns: ['field'],
      rows: columnsOf(tableNamed(table, catalog)).map((column) => [column.name]),
    }),
  ],
  [
    new RegExp(`^(?:DESCRIBE|DESC)\\s+(?:EXTENDED\\s+|FORMATTED\\s+)?${name}$`, 'i'),
    ([, table = ''], catalog) => ({
      columns: ['col_name', 'data_type', 'comment'],
      rows: columnsOf(tableNamed(table, catalog)).map((column) => [column.name, column.type, column.comment ?? '']),
    }),
  ],
  [
    new RegExp(`^SHOW\\s+CREATE\\s+VIEW\\s+${name}$`, 'i'),
    ([, view = ''], catalog) => {
      const { kind, viewSql = '' } = tableNamed(view, catalog);
      if (kind !== 'view') throw new QueryError('NOT_SUPPORTED', `'${view}' is a table, not a view`);
      const lines = [`CREATE VIEW ${catalog.database}.${view} AS`, ...viewSql.split('\n')];
      return { columns: ['Create View'], rows: lines.map((line) => [line]) };
    },
  ],
];

/** Answers SHOW and DESCRIBE from the catalog; undefined for any other statement. Throws `QueryError`. */
export function answerUtility(sql: string, catalog: Catalog): UtilityAnswer | undefined {
  const bare = sql.trim().replace(/\s*;$/, '');
  for (const [pattern, answer] of statements) {
    const match = pattern.exec(bare);
    if (match) return answer(match, catalog);
  }
  if (/^(SHOW|DESC|DESCRIBE)\s/i.test(bare)) {
    throw new QueryError('NOT_SUPPORTED', `The local Athena does not know the statement ${bare.slice(0, 60)}`);
  }
  return undefined;
}

function tableNamed(table: string, { tables, database }: Catalog): CatalogTable {
  const found = tables.find((one) => one.name.toLowerCase() === table.toLowerCase());
  if (found) return found;
  const there = tables.map((one) => one.name).join(', ') || 'none';
  throw new QueryError(
    'TABLE_NOT_FOUND',
    `Table 'awsdatacatalog.${database}.${table}' does not exist. There are: ${there}`,
  );
}

function columnsOf({ columns, partitionKeys }: CatalogTable) {
  return [...columns, ...partitionKeys];
}

/** `*` stands for any text, and `|` for "or", in Athena's SHOW TABLES; `%` as in SQL is taken as well. */
function likePattern(pattern: string): RegExp {
  const body = pattern.replace(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll(/[*%]/g, '.*');
  return new RegExp(`^(?:${body})$`, 'i');
}
