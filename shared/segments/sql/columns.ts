/** Names for the columns of one query: short words of what they hold, each once. */
export class Names {
  readonly #taken = new Set<string>();

  /** A name of `kind` and of what it is about, which may be any text: only letters and digits get into it. */
  make(kind: string, about?: string): string {
    const name = about === undefined ? kind : `${kind}_${wordsOf(about)}`;
    let unique = name;
    for (let copy = 2; this.#taken.has(unique); copy += 1) unique = `${name}_${copy}`;
    this.#taken.add(unique);
    return unique;
  }
}

/** The letters and digits of a text in Latin letters, `other` for one without. */
function wordsOf(about: string): string {
  if (about === '*') return 'any_event';
  const words = about.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return words.slice(0, 30).replace(/^_+|_+$/g, '') || 'other';
}

/** The columns that one step of a query adds: whoever asks for the same expression again gets the same column. */
export class Columns {
  readonly #names: Names;
  readonly #bySql = new Map<string, string>();

  constructor(names: Names) {
    this.#names = names;
  }

  /** The name of a column that holds `sql`. */
  add(sql: string, kind: string, about?: string): string {
    const known = this.#bySql.get(sql);
    if (known !== undefined) return known;
    const name = this.#names.make(kind, about);
    this.#bySql.set(sql, name);
    return name;
  }

  /** A column of the step before, under its own name. */
  keep(name: string): string {
    this.#bySql.set(name, name);
    return name;
  }

  get isEmpty(): boolean {
    return this.#bySql.size === 0;
  }

  /** `expression AS name`, one each. */
  get list(): string[] {
    return [...this.#bySql].map(([sql, name]) => (sql === name ? name : `${sql} AS ${name}`));
  }
}
