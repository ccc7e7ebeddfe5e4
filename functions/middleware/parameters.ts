import type { Route } from '../../schemas/api/endpoint.ts';
import type { HttpEvent } from './http.ts';
import { issuesOf } from './issues.ts';
import { ProblemError } from './problem.ts';

export interface Parameters {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** Reads the path and query parameters by the endpoint's schemas; throws a problem that names every wrong one. */
export function readParameters(endpoint: Pick<Route, 'params' | 'query'>, event: HttpEvent): Parameters {
  const params = endpoint.params?.safeParse(event.pathParameters ?? {});
  const query = endpoint.query?.safeParse(event.queryStringParameters ?? {});
  const errors = issuesOf([...(params?.error?.issues ?? []), ...(query?.error?.issues ?? [])]);
  if (errors.length > 0) throw invalidParameter(errors);
  return { params: params?.data ?? {}, query: query?.data ?? {} };
}

/** A parameter of the path or the query that the endpoint does not take. */
export function invalidParameter(
  errors: readonly { readonly path: string; readonly message: string }[],
  cause?: unknown,
): ProblemError {
  const names = [...new Set(errors.map(({ path }) => path))].join(', ');
  return new ProblemError('invalid_parameter', `Wrong parameters: ${names}. Each is described in errors.`, {
    errors,
    cause,
  });
}
