import type { FunctionSpec } from '../deploy/local-parts.ts';
import { chunksOf, KB, type UsageBook } from '../gateway/billing-units.ts';
import type { FinishedInvocation } from '../lambda/function-pool.ts';

/** Bytes that CloudWatch adds to each line of a log. */
const LINE_BYTES = 26;
/** Bytes of the lines START, END and REPORT that Lambda writes for each invocation in its text format. */
const PLATFORM_BYTES = 260 + 3 * LINE_BYTES;

interface HttpEvent {
  readonly routeKey: string;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: { readonly http?: object };
}

export interface InvocationMeterOptions {
  readonly book: UsageBook;
  readonly specOf: (logicalId: string) => FunctionSpec;
  /** Whether Lambda writes its own lines for the function. */
  readonly hasPlatformLog: (logicalId: string) => boolean;
  /** The API's format of an access log line; none writes none. */
  readonly accessLogFormat: string | undefined;
  /** Told how long an invocation took. */
  readonly onDuration: (logicalId: string, milliseconds: number) => void;
}

/** Counts what invocations are charged for but for their time, and the requests behind them. */
export function meterInvocations(options: InvocationMeterOptions): (invocation: FinishedInvocation) => void {
  const { book, specOf, hasPlatformLog, accessLogFormat, onDuration } = options;
  return ({ functionLogicalId: caller, event, outcome, milliseconds }) => {
    const { functionName: resource } = specOf(caller);
    onDuration(caller, Math.ceil(milliseconds));
    book.add(caller, 'Invoke', { resource, unit: 'lambdaRequests', quantity: 1 });
    if (hasPlatformLog(caller)) book.add(caller, 'Invoke', { resource, unit: 'logBytes', quantity: PLATFORM_BYTES });
    if (!isHttp(event)) return;
    const answer = outcome.ok ? Buffer.byteLength((outcome.payload as { body?: string } | null)?.body ?? '') : 0;
    const requests = httpRequests(bodyBytes(event) + answer);
    book.add('HttpApi', event.routeKey, { resource: '', unit: 'httpApiRequests', quantity: requests });
    const line = accessLogLine(accessLogFormat, event.routeKey);
    book.add('HttpApi', event.routeKey, { resource: '', unit: 'logBytes', quantity: line });
  };
}

/** Requests that API Gateway counts: one for every 512 KB. */
export const httpRequests = (bytes: number): number => chunksOf(bytes, 512 * KB);

const isHttp = (event: unknown): event is HttpEvent =>
  (event as { requestContext?: { http?: object } } | null)?.requestContext?.http !== undefined;

const bodyBytes = ({ body = '', isBase64Encoded }: HttpEvent): number =>
  Buffer.byteLength(body, isBase64Encoded ? 'base64' : 'utf8');

/** Bytes of a line: an id and a time have about 20 characters, a figure 3. */
function accessLogLine(format: string | undefined, routeKey: string): number {
  if (format === undefined) return 0;
  const text = format
    .replaceAll('$context.routeKey', routeKey)
    .replaceAll(/\$context\.\w*(Id|Time)\b/g, 'x'.repeat(20))
    .replaceAll(/\$context\.[\w.]+/g, '200');
  return Buffer.byteLength(text) + LINE_BYTES;
}

/** Bytes that CloudWatch takes in for some bytes of lines. */
export const logVolume = (bytes: number, lines: number): number => bytes + lines * LINE_BYTES;
