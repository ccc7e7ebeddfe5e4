import { QueryError } from './query-error.ts';

const step = /\.([\p{L}\p{Nd}_:]+)|\[([\p{L}\p{Nd}_]+)\]|\["((?:[^"\\]|\\["\\])*)"\]/uy;

/**
 * Trino's JSON path as a JSON pointer, which DuckDB knows too and which takes any text as a key: `$.a["b c"][0]` is
 * `/a/b c/0`. In both, a whole number is a place of an array or a key of an object. Throws `QueryError`.
 */
export function jsonPointer(path: string): string {
  if (path === '$') return path;
  let pointer = '';
  step.lastIndex = 1;
  while (path.startsWith('$') && step.lastIndex < path.length) {
    const found = step.exec(path);
    if (!found) break;
    const key = found[1] ?? found[2] ?? found[3]?.replaceAll(/\\(.)/g, '$1') ?? '';
    pointer += `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (step.lastIndex === path.length) return pointer;
  }
  throw new QueryError('INVALID_FUNCTION_ARGUMENT', `Invalid JSON path: '${path}'`);
}
