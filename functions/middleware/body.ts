import type { Route } from '../../schemas/api/endpoint.ts';
import type { HttpEvent } from './http.ts';
import { issuesOf } from './issues.ts';
import { ProblemError } from './problem.ts';

/** No body comes near these, unless its endpoint says otherwise. */
const MAX_BYTES = 256 * 1024;
const MAX_DEPTH = 64;

/**
 * Reads the JSON body of a request by the endpoint's schema; undefined where it takes none.
 * Throws a problem that names each offending value by its path.
 */
export function readBody({ body: schema, maxBytes }: Pick<Route, 'body' | 'maxBytes'>, event: HttpEvent): unknown {
  if (schema === undefined) return undefined;
  checkEncoding(event);
  const given = parsed(textOf(event, maxBytes ?? MAX_BYTES));
  if (isDeeper(given, MAX_DEPTH)) {
    throw invalidBody([{ path: '', message: `is nested deeper than ${MAX_DEPTH} levels` }]);
  }
  const { error, data } = schema.safeParse(given);
  if (error) throw invalidBody(issuesOf(error.issues));
  return data;
}

/** A body that is JSON and not what the endpoint takes. Paths are as in `condition.conditions.0.name`. */
export function invalidBody(errors: readonly { readonly path: string; readonly message: string }[]): ProblemError {
  const paths = [...new Set(errors.map(({ path }) => path || 'the body itself'))];
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  const detail = `Wrong values: ${paths.slice(0, 5).join(', ')}${more}. Each is described in errors.`;
  return new ProblemError('invalid_body', detail, { errors });
}

function checkEncoding({ headers }: HttpEvent): void {
  const type = headers['content-type'];
  const isJson = type === undefined || /^application\/([\w.-]+\+)?json *(;|$)/i.test(type.trim());
  if (!isJson) {
    const given = JSON.stringify(type.slice(0, 60));
    throw new ProblemError('unsupported_media_type', `Content-Type is ${given}: send application/json.`);
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    const given = JSON.stringify(encoding.slice(0, 40));
    throw new ProblemError('unsupported_media_type', `Content-Encoding is ${given}: send the body as it is.`);
  }
}

function textOf({ body = '', isBase64Encoded }: HttpEvent, most: number): string {
  const bytes = isBase64Encoded ? Buffer.from(body, 'base64') : Buffer.from(body);
  if (bytes.length > most) {
    throw new ProblemError('body_too_large', `The body has ${bytes.length} bytes: send at most ${most}.`);
  }
  const text = bytes.toString();
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = text === '' ? 'The body is empty' : `The body of ${text.length} characters is not JSON`;
    throw new ProblemError('invalid_json', `${found}: send one JSON object.`, { cause });
  }
}

/** Looked at before anything recursive meets the value. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > levels) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}
