import { kindOf, rawIdOf } from '../../identity/keys.ts';
import { externalKeyIn, keyWithin } from '../../identity/spaces.ts';
import type { People, Requests } from './people.ts';
import { union } from './people.ts';

/** A value that is shorter names a person only where its column is one of ids: `7` may be a quantity. */
const TELLING_LENGTH = 6;
const COLUMN_OF_IDS =
  /(^|[^a-z])(id|ids|key)$|id$|user|customer|client|member|person|profile|visitor|anonymous|e-?mail|phone/i;

/** What is left of a file of lines, and how many lines went by request; the same bytes when none went. */
export interface LinesLeft {
  readonly bytes: Buffer;
  readonly gone: Readonly<Record<string, number>>;
}

/**
 * Takes the lines out of a file of NDJSON or delimited text in which a value is an id of a sought person. Other lines keep
 * their bytes: the file is read as Latin 1, in which each byte is a letter. Ids are those of the space that the file's import is of.
 */
export function withoutNamedLines(file: Buffer, people: People, space?: string): LinesLeft {
  const text = file.toString('latin1');
  const values = namingValues(people, space);
  const isJson = /^\s*(?:\xef\xbb\xbf)?\s*\{/.test(text);
  const kept: string[] = [];
  const gone: Record<string, number> = {};
  let header: readonly string[] | undefined;
  for (const line of isJson ? jsonLines(text) : delimitedLines(text)) {
    const fields = isJson ? fieldsOfJson(line) : fieldsOfCells(cellsOf(line), header);
    if (!isJson) header ??= cellsOf(line);
    const requests = namedBy(fields, values);
    if (requests.length === 0) kept.push(line);
    for (const request of requests) gone[request] = (gone[request] ?? 0) + 1;
  }
  return Object.keys(gone).length === 0 ? { bytes: file, gone } : { bytes: Buffer.from(kept.join(''), 'latin1'), gone };
}

type Field = readonly [name: string, value: string];

interface NamingValues {
  readonly people: People;
  readonly space: string | undefined;
  /** Ids of users and of anonymous visitors as they are, by what a line would hold. */
  readonly exact: ReadonlyMap<string, Requests>;
  /** Kinds of external ids, whose values are brought into one form first. */
  readonly kinds: readonly string[];
}

function namingValues(people: People, space: string | undefined): NamingValues {
  const exact = new Map<string, Requests>();
  const kinds = new Set<string>();
  for (const key of people.keys) {
    const kind = kindOf(key);
    const id = rawIdOf(key);
    if (kind !== 'user' && kind !== 'anonymous') kinds.add(kind);
    const of = people.spaces.ofId(id);
    const within = keyWithin(of, key);
    const values = [...(of === space ? [rawIdOf(within), within] : []), ...(of === undefined ? [] : [id, key])];
    for (const value of values) exact.set(value, union(exact.get(value) ?? [], people.ofKeys(key)));
  }
  return { people, space, exact, kinds: [...kinds] };
}

function namedBy(fields: readonly Field[], { people, space, exact, kinds }: NamingValues): Requests {
  let found: Requests = [];
  for (const [name, value] of fields) {
    const text = value.trim();
    if (text === '' || (text.length < TELLING_LENGTH && !COLUMN_OF_IDS.test(name))) continue;
    found = union(found, exact.get(text));
    for (const kind of kinds) found = union(found, people.ofKeys(externalKeyIn(people.spaces, space, kind, text)));
  }
  return found;
}

const jsonLines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Lines of delimited text: a line feed within quotes ends none. */
function* delimitedLines(text: string): Generator<string> {
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    if (text[at] !== '\n' || isQuoted) continue;
    yield text.slice(start, at + 1);
    start = at + 1;
  }
  if (start < text.length) yield text.slice(start);
}

const CELL = /"((?:[^"]|"")*)"|([^,;\t|\r\n]+)|[,;\t|]/g;

/** Cells by any of the usual delimiters, without their quotes; empty ones count. */
function cellsOf(line: string): string[] {
  const cells = [''];
  for (const [sign, quoted, plain] of line.matchAll(CELL)) {
    const value = quoted?.replaceAll('""', '"') ?? plain;
    if (value === undefined && sign.length === 1) cells.push('');
    else cells[cells.length - 1] += utf8(value ?? '');
  }
  return cells;
}

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString();

const fieldsOfCells = (cells: readonly string[], header: readonly string[] | undefined): Field[] =>
  cells.map((cell, at) => [header?.[at]?.trim() ?? 'id', cell] as const);

function fieldsOfJson(line: string): Field[] {
  const fields: Field[] = [];
  const walk = (name: string, value: unknown) => {
    if (typeof value === 'string' || typeof value === 'number') fields.push([name, String(value)]);
    else if (Array.isArray(value)) for (const inner of value) walk(name, inner);
    else if (typeof value === 'object' && value !== null)
      for (const [at, inner] of Object.entries(value)) walk(at, inner);
  };
  try {
    walk('', JSON.parse(utf8(line)));
  } catch {
    for (const [, name = '', quoted, number] of utf8(line).matchAll(FIELD)) fields.push([name, quoted ?? number ?? '']);
  }
  return fields;
}

const FIELD = /"([^"\\]+)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?))/g;
