import type { Context } from 'aws-lambda';
import type { StreamSignals } from '../../schemas/event/stream-record.ts';
import { maskAddress } from '../../shared/clean/mask-ip.ts';
import { log } from '../adapters/log.ts';
import { NotStoredError, type PutRecords, storeInOrder } from '../adapters/store-in-order.ts';
import type { HttpEvent } from '../middleware/http.ts';
import { ProblemError } from '../middleware/problem.ts';
import type { EventText } from './event-text.ts';
import { pack } from './pack.ts';
import type { Body } from './read-events.ts';

/** SDKs wait 10 s for an answer: theirs comes before, and before the function's own time is up. */
const LONGEST_STORE_MS = 6000;
const TIME_FOR_ANSWER_MS = 500;

/** Stores the events of a request; returns when all of them are durable, else throws a 429 or 503 problem. */
export async function accept(
  put: PutRecords,
  sourceId: string,
  body: Body,
  events: readonly EventText[],
  signals: StreamSignals | undefined,
  event: HttpEvent,
  context: Context,
): Promise<void> {
  const ip = maskAddress(event.requestContext.http.sourceIp);
  const userAgent = event.headers['user-agent']?.slice(0, 2000);
  const sentAt = sentAtOf(body.sentAt) ?? sentAtOf(event.headers.sentat);
  const { requestId } = event.requestContext;
  const head = {
    sourceId,
    receivedAt: new Date().toISOString(),
    ...(sentAt && { sentAt }),
    ...(ip && { ip }),
    ...(userAgent && { userAgent }),
    ...(signals && { signals }),
    ...(requestId && { requestId }),
  };
  const time = Math.min(LONGEST_STORE_MS, context.getRemainingTimeInMillis() - TIME_FOR_ANSWER_MS);
  try {
    await storeInOrder(put, pack(head, events), Date.now() + time);
  } catch (error) {
    if (!(error instanceof NotStoredError)) throw error;
    throw notStored(error, event);
  }
}

function sentAtOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= 100 ? text : undefined;
}

function notStored(cause: NotStoredError, event: HttpEvent): ProblemError {
  const code = cause.throttled ? 'too_many_requests' : 'not_stored';
  log('warn', 'Events were refused because the stream did not take them.', {
    code,
    requestId: event.requestContext.requestId,
    records: cause.codes.length,
    reasons: [...new Set(cause.codes)].join(','),
  });
  return new ProblemError(
    code,
    'The events could not all be stored now. Send the same request again after Retry-After seconds: by its messageId each counts once.',
    { cause, headers: { 'retry-after': cause.throttled ? '2' : '5' } },
  );
}
