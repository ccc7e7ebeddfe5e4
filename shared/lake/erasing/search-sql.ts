import { createHash } from 'node:crypto';
import type { LakeTable, LandedTable } from '../../../schemas/lake/column.ts';
import { type NamesPeople, personsOf } from '../../../schemas/lake/persons.ts';
import { sealedTwin } from '../../../schemas/lake/tables.ts';
import { externalKind } from '../../identity/external-ids.ts';
import { kindOf } from '../../identity/keys.ts';

/** Tables that are asked together, because their rows are alike: a landed one and its sealed twin, or one by itself. */
export interface Search {
  /** Name of the landed table without its ending, or of the table. */
  readonly relation: string;
  readonly tables: readonly LakeTable[];
  readonly names: NamesPeople;
}

/** How rows of people are sought: tables whose rows name them, in the order in which they are asked. */
export function searchesOf(landed: readonly LandedTable[], allTables: readonly LakeTable[]): Search[] {
  const twins = new Map(landed.map((table) => [table.name, sealedTwin(table)]));
  const sealed = new Set([...twins.values()].map(({ name }) => name));
  return allTables.flatMap((table) => {
    const names = personsOf(table.name);
    if (names === undefined || !('payload' in names || names.by === 'event' || names.by === 'columns')) return [];
    if (sealed.has(table.name)) return [];
    const twin = twins.get(table.name);
    return [{ relation: table.name.replace(/_landed$/, ''), tables: twin ? [table, twin] : [table], names }];
  });
}

/** Digits of a hash: two keys that share one cost a look into a file, no more. */
const DIGITS = 16;
/** Rows that only a look at their payload can tell from others are found by this in the place of a key. */
const UNREADABLE = '*';
const unreadableReasons = ['record_unreadable', 'record_invalid', 'not_an_object', 'too_deep'];

/**
 * Hashes that a query looks for in the place of keys, so that Athena's history of queries holds no ids of people. `salt`
 * differs from one erasure to the next.
 */
export const soughtHashes = (keys: Iterable<string>, salt: string): string[] =>
  [...keys, UNREADABLE].map((key) =>
    createHash('sha256').update(`${salt}\n${key}`).digest('hex').slice(0, DIGITS).toUpperCase(),
  );

/** Days from the first to the last, both included. */
export interface SearchDays {
  readonly from: string;
  readonly to: string;
}

/** What a search seeks. */
export interface Sought {
  /** Of `soughtHashes`. */
  readonly hashes: readonly string[];
  readonly salt: string;
  /** Names of the traits that may be ids of people. */
  readonly traits: readonly string[];
  /** Spaces that the sought people are of. */
  readonly spaces: readonly string[];
}

/** The traits that are ids by the rules or were when the keys came up; a kind is the name of its trait in small letters. */
export function soughtTraits(keys: Iterable<string>, externalTraits: readonly string[]): string[] {
  const kinds = [...keys].map(kindOf).filter((kind) => kind !== 'user' && kind !== 'anonymous');
  return [...new Set([...externalTraits, ...kinds])].filter((name) => externalKind(name) !== undefined);
}

/** Trino SQL that answers the files of some days that may hold rows that name somebody: a few too many, none too few. */
export const pathsSql = (search: Search, days: SearchDays, sought: Sought): string =>
  `SELECT DISTINCT path
FROM ${namedIn(search, days, sought)}
WHERE ${isSought(sought)}`;

/** Trino SQL for the keys in rows of some days that stand in the register of privacy under one of `ids`. */
export const keysSql = (
  search: Search,
  days: SearchDays,
  ids: readonly string[],
  named: Pick<Sought, 'traits' | 'spaces'>,
): string =>
  `SELECT DISTINCT key
FROM ${namedIn(search, days, named)}
WHERE ${registerIdSql('key')} IN (${ids.map((id) => `'${id}'`).join(', ')})`;

/** Where a key stands in the register, as `registerId` says it. */
const registerIdSql = (key: string): string =>
  `concat('r:', lower(substr(to_hex(sha256(to_utf8(concat('headwater register', chr(10), ${key})))), 1, 32)))`;

/** Files and the keys that their rows name, in brackets. */
function namedIn(
  { tables, names }: Search,
  { from, to }: SearchDays,
  named: Pick<Sought, 'traits' | 'spaces'>,
): string {
  const columns = sourceColumns(names);
  const parts = tables.map(
    ({ name }) =>
      `SELECT "$path" AS path, ${columns.join(', ')} FROM ${name} WHERE day >= '${from}' AND day <= '${to}'`,
  );
  return `(
  SELECT path, key
  FROM (
    ${parts.join('\n    UNION ALL\n    ')}
  )
  CROSS JOIN UNNEST(filter(${keysIn(names, named)}, each -> each IS NOT NULL)) AS named (key)
)`;
}

/** Trino SQL for the rows of some days of a view, or of a query in brackets, that may be somebody's. */
export function rowsSql(
  from: string,
  columns: readonly string[],
  names: NamesPeople,
  days: SearchDays | undefined,
  sought: Sought,
): string {
  const within = days === undefined ? '' : `day >= '${days.from}' AND day <= '${days.to}' AND `;
  return `SELECT ${columns.join(', ')}
FROM ${from}
WHERE ${within}any_match(${keysIn(names, sought)}, key -> ${isSought(sought)})`;
}

const isSought = ({ hashes, salt }: Sought): string => {
  const hash = `substr(to_hex(sha256(to_utf8(concat('${salt}', chr(10), key)))), 1, ${DIGITS})`;
  return `${hash} IN (${hashes.map((each) => `'${each}'`).join(', ')})`;
};

function sourceColumns(names: NamesPeople): string[] {
  if (names.by === 'event') return ['type', 'anonymous_id', 'previous_id', 'profile_key', 'traits', 'context'];
  if (names.by === 'columns') return [...names.keys, ...(names.profileIds ?? []), ...(names.keyLists ?? [])];
  return names.by === 'message' ? [names.payload, names.reason] : [];
}

/**
 * The keys that a row may be found by, as an array. External ids of people in a space do not say so, nor does what could not be
 * read: each key may be of each of the spaces, until a look at the row tells.
 */
function keysIn(names: NamesPeople, { traits, spaces }: Pick<Sought, 'traits' | 'spaces'>): string {
  const keys = keysOf(names, traits);
  if (spaces.length === 0) return keys;
  const within = spaces.map(
    (space) => `concat(substr(each, 1, strpos(each, ':')), '${space}/', substr(each, strpos(each, ':') + 1))`,
  );
  return `flatten(transform(${keys}, each -> ARRAY[${['each', ...within].join(', ')}]))`;
}

/** The keys of a row as it has them. */
function keysOf(names: NamesPeople, traits: readonly string[]): string {
  if (names.by === 'columns') {
    const plain = `ARRAY[${[...names.keys, ...(names.profileIds ?? [])].join(', ')}]`;
    const lists = (names.keyLists ?? []).map((list) => `CAST(json_parse(coalesce(${list}, '[]')) AS array(varchar))`);
    return lists.length === 0 ? plain : `concat(${[plain, ...lists].join(', ')})`;
  }
  if (names.by === 'event') {
    const when = "type = 'identify'";
    const own = arrayOf([
      'profile_key',
      "concat('anonymous:', anonymous_id)",
      "concat('user:', previous_id)",
      "concat('anonymous:', previous_id)",
      ...traitKeys('traits', '$', traits, when),
      ...traitKeys('context', '$.traits', traits, when),
    ]);
    return `concat(${own}, ${externalIdKeys('context', '$.externalIds', when)})`;
  }
  if (names.by !== 'message') throw new Error(`Rows that are told by ${names.by} are not sought by a query.`);
  const { payload, reason } = names;
  const has = (text: string) => `strpos(${payload}, '${text}') > 0`;
  const id = (kind: string, field: string, when?: string) =>
    onlyWhen(when, `concat('${kind}:', trim(json_extract_scalar(${payload}, '$.${field}')))`);
  const own = arrayOf([
    id('user', 'userId'),
    id('anonymous', 'anonymousId'),
    id('user', 'previousId', has('previousId')),
    id('anonymous', 'previousId', has('previousId')),
    ...traitKeys(payload, '$.traits', traits, has('traits')),
    ...traitKeys(payload, '$.context.traits', traits, has('traits')),
    `CASE WHEN ${reason} IN (${unreadableReasons.map((each) => `'${each}'`).join(', ')}) THEN '${UNREADABLE}' END`,
  ]);
  return `concat(${own}, ${externalIdKeys(payload, '$.context.externalIds', has('externalIds'))})`;
}

const arrayOf = (expressions: readonly string[]): string => `ARRAY[\n    ${expressions.join(',\n    ')}\n  ]`;

const onlyWhen = (condition: string | undefined, value: string): string =>
  condition === undefined ? value : `CASE WHEN ${condition} THEN ${value} END`;

const traitKeys = (json: string, path: string, traits: readonly string[], when: string): string[] =>
  traits.map((name) => {
    const kind = externalKind(name) as string;
    return onlyWhen(
      when,
      `concat('${kind}:', ${normal(`json_extract_scalar(${json}, '${path}["${name}"]')`, `'${kind}'`)})`,
    );
  });

/** Keys of all external ids that a message lists, as an array. */
function externalIdKeys(json: string, path: string, when: string): string {
  const field = (name: string) => `trim(json_extract_scalar(entry, '$.${name}'))`;
  const kind = `lower(${field('type')})`;
  const list = onlyWhen(when, `try_cast(json_extract(${json}, '${path}') AS array(json))`);
  return `transform(coalesce(${list}, ARRAY[]), entry -> concat(${kind}, ':', ${normal(field('id'), kind)}))`;
}

/** As `externalKey` brings values into one form. */
const normal = (value: string, kind: string): string =>
  `CASE ${kind} WHEN 'email' THEN lower(trim(${value})) ` +
  `WHEN 'phone' THEN regexp_replace(regexp_replace(trim(${value}), '[ ().\u00a0/\u2010-\u2015-]', ''), '^00', '+') ` +
  `ELSE trim(${value}) END`;
