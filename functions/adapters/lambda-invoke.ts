import { ServiceError, type SignedHttpOptions, signedHttp } from './signed-http.ts';

/** Has a function run soon: Lambda has taken the order, and knows no more yet. */
export type InvokeLater = () => Promise<void>;

/**
 * Invokes a function asynchronously, by its name or ARN. Throws `ServiceError` when Lambda refuses.
 *
 * An answer that was lost makes it run twice: for functions that look for work themselves.
 */
export function invokeLater(functionName: string, options: SignedHttpOptions = {}): InvokeLater {
  const send = signedHttp('lambda', { attempts: 2, timeoutMs: 2_000, ...options });
  const path = `/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`;
  const headers = { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' };
  return () =>
    send({ method: 'POST', path, headers, body: Buffer.from('{}') }, ({ status, headers: answered }) => {
      if (status < 300) return;
      const code = (answered['x-amzn-errortype'] ?? `Http${status}`).split(':')[0] as string;
      throw new ServiceError(code, status, `Lambda answered ${status} ${code} to an invocation of ${functionName}.`);
    });
}
