import * as z from 'zod';

/** Why an event can never become a row of `events`. Stable: dashboards and replays depend on these codes. */
export const rejectReasons = {
  record_unreadable: 'The stream record is not JSON in UTF-8.',
  record_invalid: 'The stream record is neither an envelope nor a message nor an array of messages.',
  not_an_object: 'The event is not a JSON object.',
  too_large: 'The event is larger than 32 KB.',
  too_deep: 'The event is nested deeper than 32 levels.',
  unknown_type: 'The type is none of identify, track, page, screen, group, alias.',
  missing_ids: 'There is neither a userId nor an anonymousId.',
  missing_event_name: 'A track event has no event name.',
  missing_group_id: 'A group event has no groupId.',
  missing_previous_id: 'An alias event has no previousId.',
  message_id_too_long: 'The messageId has more than 100 characters.',
  id_too_long: 'A userId, anonymousId, groupId or previousId has more than 256 characters.',
  wrong_type: 'A field of the message has another type than its contract.',
} as const;

export const rejectReason = z.enum(Object.keys(rejectReasons) as [RejectReason, ...RejectReason[]]);
export type RejectReason = keyof typeof rejectReasons;

/** An event that was refused, whole, so that it can be replayed after a fix. */
export const failedEvent = z.object({
  reason: rejectReason,
  path: z.string().describe('Path of the offending value, for example `events.3.traits`; empty for the record itself.'),
  detail: z.string().describe('What was expected and which type was found. Holds no value of the payload.'),
  messageId: z.string().nullable(),
  sourceId: z.string(),
  receivedAt: z.number().int().describe('Milliseconds since 1970, UTC.'),
  payload: z.string().describe('The event as received: JSON text, or base64 when it is not UTF-8.'),
  payloadEncoding: z.enum(['json', 'text', 'base64']),
});

export type FailedEvent = z.infer<typeof failedEvent>;
