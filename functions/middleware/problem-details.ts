import type { MiddlewareObj } from '@middy/core';
import { errorFields, log } from '../adapters/log.ts';
import type { HttpEvent, HttpResponse } from './http.ts';
import { ProblemError, problemResponse } from './problem.ts';

/** Answers errors as problem details; one that nobody foresaw is logged, and its answer tells nothing of the inside. */
export function problemDetails(): MiddlewareObj<HttpEvent, HttpResponse> {
  return {
    onError: (request) => {
      request.response = problemResponse(asProblem(request.error, request.event));
    },
  };
}

function asProblem(error: unknown, event: HttpEvent): ProblemError {
  if (error instanceof ProblemError) return error;
  const requestId = event.requestContext?.requestId;
  log('error', 'A request failed for an unforeseen reason.', {
    code: 'internal_error',
    requestId,
    route: event.routeKey,
    ...errorFields(error),
  });
  return new ProblemError(
    'internal_error',
    `The request failed for a reason on our side. Send it again, or name request ${requestId} to whoever runs this API.`,
  );
}
