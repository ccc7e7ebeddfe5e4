import { type Column, dayPartition, type LakeTable, type LakeView } from './column.ts';
import { baseOf, lakeTables, landedTables, sealedTwin } from './tables.ts';
import { lakeViews } from './views.ts';

const opening = `# The lake, table by table

Made from the schemas in this folder by \`npm run generate\`: change those. Athena shows the same comments.

Query the views. They are right at every moment: what is sealed, what has landed since, each row once. Tables lie
beneath them. Times are UTC; money is decimal(18,4), with its currency beside it or in the reporting currency. \`day\` is
the UTC day of arrival: name the days that a query needs, and it reads no others. An event never arrives before it
happens, so whatever happened from a day on has that \`day\` or a later one.
`;

/** The data dictionary of the lake in Markdown: every view and table, column by column. */
export function lakeDictionary(): string {
  const sealedOf = new Map(landedTables.map((table) => [sealedTwin(table).name, table.name]));
  return [
    opening,
    '## Views\n',
    contents(lakeViews),
    ...lakeViews.map((view) => section(view, columnTable(view.columns))),
    '## Tables\n',
    contents(lakeTables),
    ...lakeTables.map((table) => {
      const landed = sealedOf.get(table.name);
      return section(table, landed ? `The columns of [${landed}](#${landed}).\n` : tableText(table));
    }),
  ].join('\n');
}

/** How a landed table's copies are told, before its columns. */
function tableText(table: LakeTable): string {
  const columns = table.unpartitioned ? table.columns : [...table.columns, dayPartition];
  const landed = landedTables.find(({ name }) => name === table.name);
  if (landed === undefined) return columnTable(columns);
  const { identity, sort } = landed.sealing;
  const told = `Rows are told apart by ${list(identity)}; ${baseOf(landed)}_sealed is sorted by ${list(sort)}.`;
  return `${told}\n\n${columnTable(columns)}`;
}

const section = ({ name, comment }: LakeTable | LakeView, text: string) => `### ${name}\n\n${comment}\n\n${text}`;

const contents = (relations: readonly (LakeTable | LakeView)[]) =>
  `${relations.map(({ name, comment }) => `- [${name}](#${name}): ${comment}`).join('\n')}\n`;

const columnTable = (columns: readonly Column[]) =>
  [
    '| column | type | what it holds |',
    '| --- | --- | --- |',
    ...columns.map(({ name, type, comment }) => `| ${name} | ${type} | ${comment.replaceAll('|', '\\|')} |`),
    '',
  ].join('\n');

const list = (names: readonly string[]) => names.join(', ');
