import type { RouteSpec } from '../deploy/local-parts.ts';
import { TemplateError } from '../errors.ts';

export interface RouteMatch {
  readonly route: RouteSpec;
  /** Decoded path parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Finds the route of a request; none when nothing matches. The path is as sent, still encoded. */
export type RouteTable = (method: string, path: string) => RouteMatch | undefined;

interface CompiledRoute {
  readonly route: RouteSpec;
  readonly method: string;
  readonly segments: readonly string[];
  /** One character a segment, so that the more exact route sorts first, and then the method. */
  readonly rank: string;
}

/**
 * Orders the routes as HTTP API does: an exact segment before `{name}` before `{name+}`, a method before `ANY`,
 * `$default` last. Throws `TemplateError` for a route key of another form.
 */
export function createRouteTable(routes: readonly RouteSpec[]): RouteTable {
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compile)
    .toSorted((left, right) => (left.rank < right.rank ? -1 : 1));
  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const candidate of compiled) {
      if (candidate.method !== 'ANY' && candidate.method !== method) continue;
      const parameters = parametersOf(candidate.segments, segments);
      if (parameters) return { route: candidate.route, parameters };
    }
    return fallback && { route: fallback, parameters: {} };
  };
}

function compile(route: RouteSpec): CompiledRoute {
  const match = /^([A-Z]+) (\/.*)$/.exec(route.routeKey);
  if (!match) throw new TemplateError(`The route key '${route.routeKey}' is neither '$default' nor 'METHOD /path'.`);
  const [, method = '', path = ''] = match;
  const segments = path.split('/').slice(1);
  const rank = segments.map((segment) => (segment.endsWith('+}') ? '3' : segment.startsWith('{') ? '2' : '1'));
  return { route, method, segments, rank: `${rank.join('')} ${method === 'ANY' ? '2' : '1'}` };
}

function parametersOf(pattern: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const value = path[index];
    if (part.endsWith('+}')) {
      const rest = path.slice(index).join('/');
      if (rest === '') return undefined;
      parameters[part.slice(1, -2)] = decode(rest);
      return parameters;
    }
    if (value === undefined) return undefined;
    if (!part.startsWith('{')) {
      if (part !== value) return undefined;
    } else {
      if (value === '') return undefined;
      parameters[part.slice(1, -1)] = decode(value);
    }
  }
  return pattern.length === path.length ? parameters : undefined;
}

/** Percent-decodes a path; one that cannot be decoded stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
