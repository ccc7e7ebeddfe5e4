import * as z from 'zod';

/**
 * The record format of the event stream: JSON in UTF-8, at most 1 MB.
 *
 * The collector writes envelopes. Other producers (log shippers, change feeds) may write an envelope, a bare message
 * or an array of bare messages: what they leave out is taken from the stream (`receivedAt` is the record's arrival)
 * and their events get the same treatment as those from HTTP.
 */
export const streamEnvelope = z.object({
  v: z.literal(1).describe('Version of this format.'),
  kind: z.literal('events').describe('What the record carries.'),
  sourceId: z.string().min(1).max(100).describe('Source whose write key sent the events.'),
  receivedAt: z.iso.datetime().describe('When the events reached Headwater.'),
  sentAt: z.string().max(100).optional().describe('Device time at which the request left, as sent.'),
  ip: z
    .string()
    .max(100)
    .optional()
    .describe('Address of the sender. The collector masks it; it is masked again on read.'),
  userAgent: z.string().max(2000).optional().describe('User-Agent header of the request, for events that bring none.'),
  events: z.array(z.unknown()).min(1).max(2500).describe('Messages of the Segment contract, as received.'),
});

export type StreamEnvelope = z.infer<typeof streamEnvelope>;
