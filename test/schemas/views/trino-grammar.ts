import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

/** A node of the parse tree; a leaf has no children. */
interface Tree {
  readonly children?: readonly Tree[] | null;
  readonly start?: { readonly text?: string; readonly line: number } | null;
  functionName?(): { getText(): string };
  filter?(): unknown;
  over?(): unknown;
  setQuantifier?(): unknown;
}

interface Grammar {
  readonly TrinoSQL: new () => {
    parse(sql: string, onError: (error: { readonly startLine: number; readonly message: string }) => void): Tree;
  };
  readonly [context: string]: unknown;
}

/** Calls that the grammar of Trino has a rule of its own for, by the word that they begin with. */
const special = ['Cast', 'Coalesce', 'Extract', 'Trim', 'Substring', 'Normalize', 'ListAgg', 'Position', 'Exists']
  .concat(['JsonExists', 'JsonValue', 'JsonQuery', 'JsonObject', 'JsonArray', 'GroupingOperation'])
  .concat(['CurrentDate', 'CurrentTime', 'CurrentTimestamp', 'LocalTime', 'LocalTimestamp']);

export interface Reading {
  /** What the grammar does not allow, with its line. */
  readonly errors: readonly string[];
  /** Each function that is called, once, in small letters. */
  readonly functions: readonly string[];
  /** Calls that the grammar allows and Trino refuses: FILTER or DISTINCT in a window. */
  readonly refused: readonly string[];
}

/** Trino's own ANTLR grammar. Its package leaves file endings out, which Node wants: so it is bundled first. */
export async function trinoGrammar(): Promise<(sql: string) => Reading> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trino-grammar-'));
  const outfile = path.join(folder, 'grammar.mjs');
  const from = 'dt-sql-parser/dist';
  const contents = `export { TrinoSQL } from '${from}/parser/trino/index.js'; export * from '${from}/lib/trino/TrinoSqlParser.js';`;
  try {
    const stdin = { contents, resolveDir: import.meta.dirname };
    buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', outfile, logLevel: 'error' });
    return readerOf(await import(pathToFileURL(outfile).href));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readerOf(grammar: Grammar): (sql: string) => Reading {
  const parser = new grammar.TrinoSQL();
  const is = (tree: Tree, context: string) => tree instanceof (grammar[`${context}Context`] as new () => Tree);
  const known = special.filter((context) => grammar[`${context}Context`] !== undefined);

  return (sql) => {
    const functions = new Set<string>();
    const refused: string[] = [];
    const walk = (tree: Tree): void => {
      if (is(tree, 'FunctionCall')) {
        const name = tree.functionName?.().getText().toLowerCase() ?? '';
        functions.add(name);
        if (tree.over?.() && (tree.filter?.() || tree.setQuantifier?.()))
          refused.push(`${name} in line ${tree.start?.line}`);
      } else if (known.some((context) => is(tree, context))) {
        functions.add(tree.start?.text?.toLowerCase() ?? '');
      }
      for (const child of tree.children ?? []) walk(child);
    };
    const errors: string[] = [];
    const tree = parser.parse(sql, ({ startLine, message }) => errors.push(`line ${startLine}: ${message}`));
    if (errors.length === 0) walk(tree);
    return {
      errors,
      functions: [...functions].sort(),
      refused,
    };
  };
}
