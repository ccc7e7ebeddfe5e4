/** What is sent to the client. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

export function messageAnswer(status: number, message: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ message })),
  };
}

/** HTTP API's own answers. */
export const notFound = messageAnswer(404, 'Not Found');
export const tooLarge = messageAnswer(413, 'Request Entity Too Large');
export const tooMany = messageAnswer(429, 'Too Many Requests');
/** The function failed, timed out, or answered what is no answer. */
export const handlerFailed = messageAnswer(500, 'Internal Server Error');
/** The integration did not answer in its time, or could not be reached. */
export const unavailable = messageAnswer(503, 'Service Unavailable');

interface FullAnswer {
  readonly statusCode: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cookies?: readonly string[];
  readonly body?: unknown;
  readonly isBase64Encoded?: boolean;
}

/** Reads a handler's answer in payload format 2.0: a full one, or any JSON as the body of a 200. */
export function answerOf(payload: unknown): HttpAnswer {
  if (!isFull(payload)) {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload ?? null);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) };
  }
  const status = Number(payload.statusCode);
  const body = payload.body ?? '';
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof body !== 'string') return handlerFailed;
  const headers: Record<string, string | readonly string[]> = { 'content-type': 'text/plain;charset=UTF-8' };
  for (const [name, value] of Object.entries(payload.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (payload.cookies?.length) headers['set-cookie'] = payload.cookies;
  return { status, headers, body: Buffer.from(body, payload.isBase64Encoded ? 'base64' : 'utf8') };
}

function isFull(payload: unknown): payload is FullAnswer {
  return typeof payload === 'object' && payload !== null && 'statusCode' in payload;
}
