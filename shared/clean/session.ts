import type { JsonObject } from './step.ts';

/** Places where SDKs and plug-ins put a session id, first to last. */
const IN_CONTEXT = ['sessionId', 'session_id', 'amplitude_session_id'] as const;
const INTEGRATIONS = ['Actions Amplitude', 'Amplitude'] as const;
const IN_PROPERTIES = ['session_id', 'sessionId'] as const;

/** The session that the SDK says the event belongs to; undefined when it says none. */
export function readSessionId(
  context: JsonObject,
  integrations: JsonObject,
  properties: JsonObject,
): string | undefined {
  for (const field of IN_CONTEXT) {
    const id = sessionOf(context[field]);
    if (id !== undefined) return id;
  }
  for (const name of INTEGRATIONS) {
    const settings = integrations[name];
    if (typeof settings !== 'object' || settings === null) continue;
    const id = sessionOf((settings as JsonObject).session_id);
    if (id !== undefined) return id;
  }
  for (const field of IN_PROPERTIES) {
    const id = sessionOf(properties[field]);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Amplitude says −1 for no session. */
function sessionOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && value > 0 ? String(value) : undefined;
}
