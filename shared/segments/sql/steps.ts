import type { Columns } from './columns.ts';

/** Named queries, each over the one before. */
export class Steps {
  readonly #steps: string[] = [];
  #last = '';

  /** The name of the last one. */
  get last(): string {
    return this.#last;
  }

  /** `about` says what the step does, for those who read the query. */
  add(name: string, about: string, select: string): void {
    this.#steps.push(`-- ${about}\n${name} AS (\n  ${select}\n)`);
    this.#last = name;
  }

  /** A step with all columns of the one before and more, if there are more. */
  extend(name: string, about: string, columns: Columns): void {
    if (!columns.isEmpty) this.add(name, about, `SELECT\n    ${listed(['*', ...columns.list])}\n  FROM ${this.#last}`);
  }

  /** The query that ends with `select`. */
  query(select: string): string {
    return `WITH\n${this.#steps.join(',\n')}\n${select}`;
  }
}

/** Columns of a SELECT within a step. */
export const listed = (columns: readonly string[]): string => columns.join(',\n    ');
