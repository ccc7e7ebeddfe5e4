import type { LeanService } from './service-endpoint.ts';
import { ServiceError, type SignedAnswer, type SignedHttpOptions, signedHttp } from './signed-http.ts';

export interface JsonProtocol {
  readonly service: LeanService;
  /** What stands before the operation in `x-amz-target`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** For messages. */
  readonly name: string;
  /** Makes more of an error than its code, from the answer's body. */
  readonly refine?: (error: ServiceError, body: Readonly<Record<string, unknown>>) => ServiceError;
}

/** An operation by its name, with input and output as the service's JSON has them: blobs are base64. */
export type JsonService = <Output>(operation: string, input: object, signal?: AbortSignal) => Promise<Output>;

/** Calls a service that speaks AWS's JSON protocol. Throws `ServiceError` with the code that the service named. */
export function jsonService(
  { service, target, version, name, refine }: JsonProtocol,
  options: SignedHttpOptions,
): JsonService {
  const send = signedHttp(service, options);
  const contentType = `application/x-amz-json-${version}`;
  const read = <Output>({ status, headers, body }: SignedAnswer): Output => {
    const text = body.toString('utf8');
    // JSON.parse fails where a proxy answered for the service: tried again like any broken answer.
    if (status < 300) return text === '' ? ({} as Output) : JSON.parse(text);
    const said = parsed(text);
    const { code = `Http${status}`, message } = errorOf(said, headers['x-amzn-errortype']);
    const error = new ServiceError(code, status, `${name} answered ${status}: ${message}`);
    throw refine === undefined ? error : refine(error, said);
  };
  return <Output>(operation: string, input: object, signal?: AbortSignal) => {
    const headers = { 'content-type': contentType, 'x-amz-target': `${target}.${operation}` };
    const body = Buffer.from(JSON.stringify(input));
    return send({ method: 'POST', path: '/', headers, body, ...(signal && { signal }) }, read<Output>);
  };
}

/**
 * The code stands in a header or in the body, behind `#` its namespace, before `:` its address: the AWS JSON protocol's
 * "operation error serialization".
 */
function errorOf(
  { __type, code, message, Message }: Readonly<Record<string, unknown>>,
  header: string | undefined,
): { code?: string; message: string } {
  const full = [header, __type, code].find((each) => typeof each === 'string' && each !== '') as string | undefined;
  const bare = full?.replace(/:.*$/s, '').replace(/^.*#/s, '');
  return { ...(bare !== undefined && { code: bare }), message: String(message ?? Message ?? '') };
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
