import type { FileFormat, ImportMap } from '../../schemas/import/map.ts';
import { namedColumns, pathColumns } from '../../shared/import/columns.ts';
import { compileMap, type Plan } from '../../shared/import/compile-map.ts';
import type { PartStart, ReadLine } from '../../shared/import/part.ts';
import { type LineFormat, readLines } from './read-lines.ts';
import { FileProblem, openSource, type ReadBytes, type Source } from './read-source.ts';

/** A file whose columns are known, from a place on. */
export interface OpenFile {
  readonly plan: Plan;
  /** Names of its columns; none of NDJSON. */
  readonly columns: readonly string[];
  readonly source: Source;
  /** Its lines of data from `start` on. */
  readonly lines: AsyncGenerator<ReadLine>;
  /** Byte at which the lines begin. */
  readonly offset: number;
}

export interface FileToOpen {
  /** Its ending tells the format that the map does not. */
  readonly fileName: string;
  readonly size: number;
  readonly read: ReadBytes;
}

/**
 * Opens a file for its map: at its beginning, or where an earlier run came to, whose `columns` are known then.
 * Throws `FileProblem`, `MapError` and what `read` throws.
 */
export async function openFile(
  file: FileToOpen,
  map: ImportMap,
  start: Pick<PartStart, 'offset'> = { offset: 0 },
  columns?: readonly string[],
): Promise<OpenFile> {
  const format = formatOf(file.fileName, map.format);
  const source = await openSource(file.read, file.size);
  if (/\.gz$/i.test(file.fileName) && !source.isPacked) {
    throw new FileProblem(
      'The file is damaged, or is no gzip: its name ends in .gz, its content does not begin as gzip.',
    );
  }
  const lines = readLines(source.bytes(start.offset), format, start.offset);
  const empty = map.format?.empty ?? [];
  if (format.type === 'ndjson') {
    return { plan: compileMap(map, pathColumns(empty)), columns: [], source, lines, offset: start.offset };
  }
  let offset = start.offset;
  let names = columns ?? map.format?.columns;
  if (names === undefined) {
    const { value: header } = await lines.next();
    if (header?.row === undefined) throw new FileProblem('The file has no header: its first line cannot be read.');
    names = (header.row as string[]).map((name) => name.trim());
    offset = header.end;
  }
  const plan = compileMap(map, namedColumns(names, empty));
  return { plan, columns: names, source, lines: ofWidth(names.length, lines), offset };
}

function formatOf(fileName: string, format: FileFormat | undefined): LineFormat {
  const ending = /\.(csv|tsv|tab|ndjson|jsonl)(?:\.gz)?$/i.exec(fileName)?.[1]?.toLowerCase();
  const byName = { csv: 'csv', tsv: 'tsv', tab: 'tsv', ndjson: 'ndjson', jsonl: 'ndjson' } as const;
  const type = format?.type ?? (ending === undefined ? undefined : byName[ending as keyof typeof byName]);
  if (type === undefined) {
    throw new FileProblem(
      'The name of the file does not tell its format: let it end in .csv, .tsv or .ndjson, perhaps with .gz, or set format.type in the map.',
    );
  }
  const { delimiter = type === 'tsv' ? '\t' : ',', quote = '"', encoding = 'utf-8' } = format ?? {};
  return { type, delimiter, quote, encoding };
}

/** Lines of another number of cells than the header has cannot be told apart. */
async function* ofWidth(width: number, lines: AsyncGenerator<ReadLine>): AsyncGenerator<ReadLine> {
  for await (const line of lines) {
    const found = line.row === undefined ? width : (line.row as readonly string[]).length;
    if (found === width) yield line;
    else {
      const detail = `expected ${width} cells, found ${found}`;
      yield { end: line.end, row: undefined, raw: line.row, problem: { reason: 'wrong_cell_count', detail } };
    }
  }
}
