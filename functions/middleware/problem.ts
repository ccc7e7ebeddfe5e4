import type { Problem } from '../../schemas/api/problem.ts';
import type { HttpResponse } from './http.ts';

/** Every problem that the API answers with: its stable code, its HTTP status and its title. */
export const problems = {
  invalid_json: { status: 400, title: 'The body is not JSON' },
  invalid_encoding: { status: 400, title: 'The body cannot be decoded' },
  not_an_object: { status: 400, title: 'The body is not a JSON object' },
  invalid_batch: { status: 400, title: 'The batch is not an array' },
  event_too_large: { status: 400, title: 'The event is too large' },
  batch_too_large: { status: 400, title: 'The batch is too large' },
  too_many_events: { status: 400, title: 'The batch has too many events' },
  invalid_parameter: { status: 400, title: 'A parameter is invalid' },
  invalid_body: { status: 400, title: 'A value of the body is invalid' },
  report_too_large: { status: 400, title: 'The report is too large for one answer' },
  key_missing: { status: 401, title: 'The request carries no key' },
  key_unknown: { status: 401, title: 'The key is unknown' },
  token_invalid: { status: 401, title: 'The token is not accepted' },
  token_expired: { status: 401, title: 'The token has expired' },
  ingest_scope_missing: { status: 403, title: 'The key may not send events' },
  read_scope_missing: { status: 403, title: 'The key may not read' },
  manage_scope_missing: { status: 403, title: 'The key may not manage' },
  privacy_scope_missing: { status: 403, title: 'The key may not handle requests of privacy' },
  space_restricted: { status: 403, title: 'The key is limited to people of a space' },
  space_unknown: { status: 403, title: 'The space of the key does not exist' },
  not_found: { status: 404, title: 'There is nothing here' },
  profile_not_found: { status: 404, title: 'The profile does not exist' },
  segment_not_found: { status: 404, title: 'The segment does not exist' },
  item_not_found: { status: 404, title: 'The item does not exist' },
  report_not_found: { status: 404, title: 'The report does not exist' },
  report_run_not_found: { status: 404, title: 'The run of a report does not exist' },
  privacy_request_not_found: { status: 404, title: 'The request of privacy does not exist' },
  erasure_under_way: { status: 409, title: 'An erasure is under way' },
  segment_exists: { status: 409, title: 'A segment of this id exists' },
  segment_in_use: { status: 409, title: 'The segment is used by others' },
  segment_changed: { status: 409, title: 'The segment was changed meanwhile' },
  too_many_segments: { status: 409, title: 'There is no room for another segment' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is of an unsupported type' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'The request could not be handled' },
  key_not_checked: { status: 503, title: 'The key could not be checked' },
  not_stored: { status: 503, title: 'The request could not be stored' },
  query_failed: { status: 503, title: 'The lake could not be asked' },
  query_timeout: { status: 504, title: 'The lake did not answer in time' },
} as const;

export type ProblemCode = keyof typeof problems;

export interface ProblemOptions extends ErrorOptions {
  /** Each offending value by its path in the request. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer other than success: thrown anywhere in a handler, and answered as problem details. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly options: ProblemOptions;

  /** `message` is the problem's detail: what was wrong, what was given, how to mend it. */
  constructor(code: ProblemCode, message: string, options: ProblemOptions = {}) {
    super(message, options);
    this.code = code;
    this.options = options;
  }
}

/** Problem details by RFC 9457. */
export function problemResponse({ code, message, options }: ProblemError): HttpResponse {
  const { status, title } = problems[code];
  const problem: Problem = {
    type: `urn:headwater:problem:${code}`,
    title,
    status,
    code,
    detail: message,
    ...(options.errors && { errors: [...options.errors] }),
  };
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', ...options.headers },
    body: JSON.stringify(problem),
  };
}
