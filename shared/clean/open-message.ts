import { inspect, MAX_DEPTH } from './inspect.ts';
import { sanitise } from './sanitise.ts';
import type { Draft } from './step.ts';
import { drop, type JsonObject, ok, type StepResult, typeName } from './step.ts';

/** Bytes of an event's compact JSON text in UTF-8. */
export const MAX_EVENT_BYTES = 32 * 1024;
/** The same of an event that was imported: an order of the past may have a thousand lines. */
export const MAX_IMPORTED_EVENT_BYTES = 256 * 1024;

/** Takes JSON objects within the limits of size and depth; masks, tidies and makes storable what they hold. */
export function openMessage(draft: Draft): StepResult {
  const { received, record } = draft;
  if (typeof received !== 'object' || received === null || Array.isArray(received)) {
    return drop('not_an_object', '', `expected an object, found ${typeName(received)}`);
  }
  const message = received as JsonObject;
  const { tooDeep, untidy, weight } = inspect(message);
  if (tooDeep) return drop('too_deep', '', `expected at most ${MAX_DEPTH} levels, found more`);
  const most = record.imported ? MAX_IMPORTED_EVENT_BYTES : MAX_EVENT_BYTES;
  if (weight * 6 > most) {
    const bytes = Buffer.byteLength(JSON.stringify(message));
    if (bytes > most) return drop('too_large', '', `expected at most ${most} bytes, found ${bytes}`);
  }
  draft.message = untidy || record.suspicious ? sanitise(message, draft.changes) : message;
  return ok;
}
