import type { HandlerError } from './sandbox.ts';

/** How an invocation ended: with the handler's answer, or as the error that Lambda reports. */
export type Outcome =
  | { readonly ok: true; readonly payload: unknown }
  | { readonly ok: false; readonly error: HandlerError };

export function failure(errorType: string, errorMessage: string, trace: readonly string[] = []): Outcome {
  return { ok: false, error: { errorType, errorMessage, trace } };
}

/** The largest event and the largest answer of a synchronous invocation, in bytes. */
export const payloadLimit = 6 * 1024 * 1024;
