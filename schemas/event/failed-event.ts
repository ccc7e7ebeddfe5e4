import * as z from 'zod';
import { type RejectReason, rejectReasons } from './vocabulary.ts';

export const rejectReason = z.enum(Object.keys(rejectReasons) as [RejectReason, ...RejectReason[]]);

/** An event that was refused, whole, so that it can be replayed after a fix; but nothing of one that may not be kept. */
export const failedEvent = z.object({
  reason: rejectReason,
  path: z.string().describe('Path of the offending value, for example `events.3.traits`; empty for the record itself.'),
  detail: z.string().describe('What was expected and which type was found. Holds no value of the payload.'),
  messageId: z.string().nullable(),
  sourceId: z.string(),
  receivedAt: z.number().int().describe('Milliseconds since 1970, UTC.'),
  payload: z
    .string()
    .nullable()
    .describe(
      'The event as received: JSON text, or base64 when it is not UTF-8. Null where nothing of it may be kept.',
    ),
  payloadEncoding: z.enum(['json', 'text', 'base64']).nullable(),
});

export type FailedEvent = z.infer<typeof failedEvent>;
