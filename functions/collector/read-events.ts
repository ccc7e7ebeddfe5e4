import { randomUUID } from 'node:crypto';
import type { FieldRules } from '../../shared/privacy/fields.ts';
import type { HttpEvent } from '../middleware/http.ts';
import { ProblemError } from '../middleware/problem.ts';
import { BodyTooLarge, bodyText } from './body.ts';
import { type EventText, eventText, isObject, type Shared } from './event-text.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES, MAX_STORED_BYTES } from './limits.ts';
import type { EventRoute } from './routes.ts';

export type Body = Record<string, unknown>;

/** The body of a request that sends events, as a JSON object. Throws a problem that names what is wrong and where. */
export function readBody(event: HttpEvent, route: EventRoute): Body {
  const isBatch = route.kind === 'batch';
  const limit = isBatch ? MAX_BATCH_BYTES : MAX_EVENT_BYTES;
  try {
    return parseObject(bodyText(event, limit));
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    throw isBatch
      ? tooLarge(
          'batch_too_large',
          `The body has at least ${error.bytes} bytes, a batch at most ${limit}: send fewer events at once.`,
        )
      : tooLarge(
          'event_too_large',
          `The body has at least ${error.bytes} bytes, an event at most ${limit}: shorten it.`,
        );
  }
}

/** Parses a JSON object; throws a problem that names the place of what is wrong. */
export function parseObject(text: string): Body {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec((error as Error).message)?.[1];
    const place =
      text.trim() === '' ? 'it is empty' : position ? `see position ${position}` : `it has ${text.length} characters`;
    throw new ProblemError('invalid_json', `The body is not valid JSON: ${place}. Send one JSON object.`, {
      cause: error,
    });
  }
  if (isObject(value)) return value;
  const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`;
  throw new ProblemError('not_an_object', `The body is ${found}: send a JSON object.`, {
    errors: [{ path: '', message: `expected an object, found ${found}` }],
  });
}

/** The events of a body, completed and as JSON. */
export function readEvents(body: Body, route: EventRoute, fields: FieldRules): EventText[] {
  if (route.kind === 'message') return [eventText(body, { type: route.type, fields }, randomUUID)];
  const { batch } = body;
  if (!Array.isArray(batch)) {
    const found = batch === undefined ? 'nothing' : batch === null ? 'null' : `a value of type ${typeof batch}`;
    throw new ProblemError('invalid_batch', `\`batch\` is ${found}: send an array of events.`, {
      errors: [{ path: 'batch', message: `expected an array, found ${found}` }],
    });
  }
  if (batch.length > MAX_BATCH_EVENTS) {
    throw new ProblemError(
      'too_many_events',
      `\`batch\` has ${batch.length} events, at most ${MAX_BATCH_EVENTS} are taken: send fewer at once.`,
      { errors: [{ path: 'batch', message: `expected at most ${MAX_BATCH_EVENTS} events, found ${batch.length}` }] },
    );
  }
  const shared = sharedOf(body, batch.length, fields);
  return batch.map((event) => eventText(event, shared, randomUUID));
}

/** The batch's context and integrations; bounded, because each event gets a copy. */
function sharedOf({ context, integrations }: Body, count: number, fields: FieldRules): Shared {
  const shared: Shared = {
    fields,
    ...(isObject(context) && { context }),
    ...(isObject(integrations) && { integrations }),
  };
  if (!shared.context && !shared.integrations) return shared;
  const { text } = eventText(
    { context: shared.context, integrations: shared.integrations, messageId: '-' },
    { fields: [] },
    randomUUID,
  );
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_EVENT_BYTES || bytes * count > MAX_STORED_BYTES) {
    throw tooLarge(
      'batch_too_large',
      `The batch's context and integrations have ${bytes} bytes, and each of its ${count} events gets a copy: shorten them, or send fewer events at once.`,
      'context',
    );
  }
  return shared;
}

const tooLarge = (code: 'event_too_large' | 'batch_too_large', detail: string, path = ''): ProblemError =>
  new ProblemError(code, detail, { errors: [{ path, message: detail }] });
