/** One token of SQL text; comments, spaces and signs are `other`. */
export interface SqlToken {
  readonly kind: 'word' | 'text' | 'parameter' | 'other';
  readonly text: string;
}

const pattern =
  /(?<other>--[^\n]*|\/\*.*?\*\/)|(?<text>'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<parameter>:[a-z]\w*)|(?<word>[A-Za-z_]\w*)|./gs;

/** Cuts SQL into tokens, so that a name inside of a text or a comment is none. Joined again they are the same SQL. */
export function sqlTokens(sql: string): SqlToken[] {
  return [...sql.matchAll(pattern)].map(({ 0: text, groups }) => {
    const { word, text: quoted, parameter } = groups ?? {};
    const kind = word ? 'word' : quoted ? 'text' : parameter ? 'parameter' : 'other';
    return { kind, text };
  });
}

/** Names of the relations that SQL reads by their bare name, in lower case: those behind FROM and JOIN. */
export const relationsOf = (sql: string): Set<string> =>
  new Set(placedTokens(sql).flatMap(({ relation }) => relation ?? []));

/** How often SQL reads a relation, by its name in lower case. */
export const timesRead = (sql: string, name: string): number =>
  placedTokens(sql).filter(({ relation }) => relation === name).length;

/** SQL that reads something else in the place of a relation, by its name in lower case: a name, or a query in brackets. */
export const withRelation = (sql: string, name: string, by: string): string =>
  placedTokens(sql)
    .map(({ text, relation }) => (relation === name ? by : text))
    .join('');

interface PlacedToken {
  readonly text: string;
  /** In lower case; undefined for a token that names none. */
  readonly relation: string | undefined;
}

function placedTokens(sql: string): PlacedToken[] {
  let before = '';
  return sqlTokens(sql).map(({ kind, text }) => {
    const isRelation = kind === 'word' && /^(from|join)$/i.test(before);
    if (kind !== 'other' || !/^(\s|--|\/\*)/.test(text)) before = text;
    return { text, relation: isRelation ? text.toLowerCase() : undefined };
  });
}
