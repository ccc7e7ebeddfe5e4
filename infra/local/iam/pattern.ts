import type { Context } from './need.ts';

/** A part of a pattern: text as it stands, a wildcard, or a variable whose value is text. */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly sign: '*' | '?' }
  | { readonly kind: 'variable'; readonly key: string; readonly fallback: string | undefined };

/** Whether a text fits a pattern, whose variables the request's context fills. */
export type Fits = (text: string, context: Context) => boolean;

/** How a pattern is read. `arn`: its first five colons divide it. `arn-strict`: no wildcard reaches beyond one of those. */
export type Reading = 'text' | 'text-ignoring-case' | 'arn' | 'arn-strict';

const partsOf = (pattern: string, hasVariables: boolean): Part[] => {
  const parts: Part[] = [];
  const found = pattern.matchAll(hasVariables ? /\$\{([^}]*)\}|[*?]|[^*?$]+|\$/gs : /[*?]|[^*?]+/gs);
  for (const [text, variable] of found) {
    if (variable === undefined)
      parts.push(isWildcard(text) ? { kind: 'wildcard', sign: text } : { kind: 'text', text });
    else if (['*', '?', '$'].includes(variable)) parts.push({ kind: 'text', text: variable });
    else {
      const [, key = '', fallback] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(variable) ?? [];
      parts.push({ kind: 'variable', key: key.toLowerCase(), fallback });
    }
  }
  return parts;
};

const isWildcard = (text: string): text is '*' | '?' => text === '*' || text === '?';

/** Names of the context keys that stand as variables in a pattern, in lower case; an unreadable one is ''. */
export function variablesIn(pattern: string): string[] {
  return partsOf(pattern, true).flatMap((part) => (part.kind === 'variable' ? [part.key] : []));
}

/**
 * Compiles a pattern of a policy: `*` stands for any text, `?` for one character, `${key}` for the value of that key,
 * `${key, 'text'}` for `text` where there is none, and `${*}`, `${?}`, `${$}` for the sign itself. A variable without
 * a value fits nothing.
 */
export function compilePattern(pattern: string, reading: Reading, hasVariables = true): Fits {
  const parts = partsOf(pattern, hasVariables);
  if (parts.some(({ kind }) => kind === 'variable')) {
    return (text, context) => {
      const filled = fill(parts, context);
      return filled !== undefined && expressionOf(filled, reading).test(text);
    };
  }
  if (parts.length === 1 && parts[0]?.kind === 'wildcard' && parts[0].sign === '*') return () => true;
  const expression = expressionOf(parts, reading);
  return (text) => expression.test(text);
}

function fill(parts: readonly Part[], context: Context): Part[] | undefined {
  const filled: Part[] = [];
  for (const part of parts) {
    if (part.kind !== 'variable') filled.push(part);
    else {
      const value = context[part.key] ?? part.fallback;
      if (typeof value !== 'string') return undefined;
      filled.push({ kind: 'text', text: value });
    }
  }
  return filled;
}

function expressionOf(parts: readonly Part[], reading: Reading): RegExp {
  let colons = 0;
  const source = parts.map((part, index) => {
    if (part.kind === 'text') {
      colons += part.text.split(':').length - 1;
      return part.text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    }
    if (part.kind === 'variable') return '';
    const isWithin = reading.startsWith('arn') && colons < 5;
    if (part.sign === '?') return isWithin ? '[^:]' : '.';
    const next = parts[index + 1];
    // As the last sign between two colons it may stand for what has colons.
    const endsSegment = next === undefined || (next.kind === 'text' && next.text.startsWith(':'));
    return isWithin && (reading === 'arn-strict' || !endsSegment) ? '[^:]*' : '.*';
  });
  return new RegExp(`^${source.join('')}$`, reading === 'text-ignoring-case' ? 'is' : 's');
}
