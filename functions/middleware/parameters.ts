import type { Route } from '../../schemas/api/endpoint.ts';
import type { HttpEvent } from './http.ts';
import { ProblemError } from './problem.ts';

export interface Parameters {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** Reads the path and query parameters by the endpoint's schemas; throws a problem that names every wrong one. */
export function readParameters(endpoint: Pick<Route, 'params' | 'query'>, event: HttpEvent): Parameters {
  const params = endpoint.params?.safeParse(event.pathParameters ?? {});
  const query = endpoint.query?.safeParse(event.queryStringParameters ?? {});
  const issues = [...(params?.error?.issues ?? []), ...(query?.error?.issues ?? [])];
  if (issues.length > 0) {
    const errors = issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    const names = [...new Set(errors.map(({ path }) => path))].join(', ');
    throw new ProblemError('invalid_parameter', `Wrong parameters: ${names}. Each is described in errors.`, { errors });
  }
  return { params: params?.data ?? {}, query: query?.data ?? {} };
}
