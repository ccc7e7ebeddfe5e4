import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MapError, readImportMap } from '../../../schemas/import/read-map.ts';
import { importNamePattern } from '../../../schemas/import/state.ts';
import { misread, StartError, UsageError } from '../errors.ts';

export const usage = `Usage: npm run import -- FILE --map MAP.json [options]

Brings history in: a file of CSV, TSV or NDJSON, each also packed by gzip (.gz), as the map says.

  --map MAP.json  how lines become events, or marketing spend: see schemas/import/README.md
  --name N        name of the import (default: the file's); what came under it once does not come again
  --dry-run       read the file and show what would be made of it, and put nothing anywhere
  --data DIR      the local data folder (default .headwater); the list of rejected lines is written there, too
  --stage NAME    import to a deployed stage on AWS instead, with your AWS credentials
  --help          print this text`;

export interface ImportRequest {
  readonly file: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly map: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly dataDir: string;
  readonly stage: string | undefined;
}

/** What one request of S3 takes. */
const MAX_BYTES = 5_000_000_000;

/** Reads the command line and looks at both files; undefined when help is asked for. Throws a `StartError`. */
export function readRequest(args: readonly string[]): ImportRequest | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const [file, ...rest] = positionals;
  if (file === undefined) throw new UsageError(`There is no file to import.\n\n${usage}`);
  if (rest.length > 0) throw new UsageError(`One file at a time: ${positionals.join(', ')} are ${positionals.length}.`);
  if (values.map === undefined) throw new UsageError(`The map of ${file} is missing: name it with --map.\n\n${usage}`);
  const size = sizeOf(file);
  checkMap(values.map);
  const name = values.name ?? nameOf(file);
  if (!importNamePattern.test(name)) {
    throw new UsageError(
      `'${name}' is no name of an import: give one of small letters, digits and dashes with --name.`,
    );
  }
  const { data, stage } = values;
  return { file, size, map: values.map, name, dryRun: values['dry-run'], dataDir: path.resolve(data), stage };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        map: { type: 'string' },
        name: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        data: { type: 'string', default: '.headwater' },
        stage: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw misread(error, usage);
  }
}

function sizeOf(file: string): number {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new UsageError(`There is no file ${file}.`);
  if (stats.size === 0) throw new StartError(`The file ${file} is empty.`);
  if (stats.size > MAX_BYTES) {
    throw new StartError(`The file ${file} has more than 5 GB: pack it with gzip, or cut it in several files.`);
  }
  return stats.size;
}

/** The importer checks the map, too, and its columns; what is wrong with it by itself need not go there first. */
function checkMap(map: string): void {
  let text: string;
  try {
    text = readFileSync(map, 'utf8');
  } catch (cause) {
    throw new UsageError(`There is no map ${map}: write one as schemas/import/README.md explains.`, { cause });
  }
  try {
    readImportMap(text);
  } catch (error) {
    if (!(error instanceof MapError)) throw error;
    throw new StartError(`The map ${map} cannot be used:\n${indented(error.message)}`, { cause: error });
  }
}

export const indented = (text: string): string => text.replace(/^/gm, '  ');

/** The file's name without its endings, as a name of an import. */
function nameOf(file: string): string {
  const base = path.basename(file).replace(/(\.(csv|tsv|tab|ndjson|jsonl|txt))?(\.gz)?$/i, '');
  return base
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}
