import type { MiddlewareObj } from '@middy/core';
import type { HttpEvent, HttpResponse } from './http.ts';
import type { KeyCheck } from './key-check.ts';

/** Answers when what the check of keys began is done, too. */
export function settled(keys: KeyCheck): MiddlewareObj<HttpEvent, HttpResponse> {
  const wait = async (): Promise<void> => keys.settled?.();
  return { after: wait, onError: wait };
}
