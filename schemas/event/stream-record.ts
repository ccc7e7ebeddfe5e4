import * as z from 'zod';

/** Of which failed event an envelope is another try. Headwater's own replays write it. */
export const replayMark = z.object({
  id: z.string().describe('The replay.'),
  reason: z.string().describe('Why the event was rejected.'),
  sourceId: z.string().describe('Source of its row of failed_events.'),
  messageId: z.string().nullable().describe('messageId of that row.'),
  shardId: z.string().describe('Shard of the record that carried it.'),
  sequenceNumber: z.string().describe('Sequence number of that record.'),
  index: z.number().int().describe('Position of the event within that record, or of the first of its messages.'),
  isRecord: z.boolean().describe('Whether the record itself could not be read: the messages are all of its own.'),
});

export type ReplayMark = z.infer<typeof replayMark>;

/** What a request said of consent beside its events. */
export const streamSignals = z.object({
  doNotTrack: z.literal(true).optional().describe('The request had the header `DNT: 1` or `Sec-GPC: 1`.'),
  country: z.string().optional().describe('ISO 3166-1 alpha-2 code of the country that the request came from.'),
});

export type StreamSignals = z.infer<typeof streamSignals>;

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
  signals: streamSignals.optional(),
  requestId: z.string().max(100).optional().describe('Request that brought the events, as the access log names it.'),
  imported: z
    .literal(true)
    .optional()
    .describe('The events are history that was brought in: one may have 256 KB, and its time is taken as it is.'),
  replay: replayMark.optional(),
  events: z.array(z.unknown()).min(1).max(2500).describe('Messages of the Segment contract, as received.'),
});

export type StreamEnvelope = z.infer<typeof streamEnvelope>;
