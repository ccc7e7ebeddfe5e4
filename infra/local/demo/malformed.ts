import type { RejectReason } from '../../../schemas/event/vocabulary.ts';
import type { Json } from './message.ts';

export interface Malformed {
  readonly reason: RejectReason;
  /** Makes the item of a batch; `id` is unique to it. */
  readonly make: (id: string) => unknown;
}

const track = (id: string, over: Json): Json => ({
  type: 'track',
  messageId: id,
  anonymousId: `broken-${id}`,
  event: 'Form Submitted',
  properties: { form: 'newsletter' },
  ...over,
});

function nested(levels: number): Json {
  let inner: Json = { bottom: true };
  for (let level = 0; level < levels; level += 1) inner = { deeper: inner };
  return inner;
}

/** Items that can never become a row of `events`: each ends in `failed_events`, and its neighbours are counted. */
export const malformed: readonly Malformed[] = [
  { reason: 'missing_ids', make: (id) => track(id, { anonymousId: undefined }) },
  { reason: 'missing_ids', make: (id) => track(id, { anonymousId: '  ', userId: '' }) },
  { reason: 'missing_ids', make: (id) => ({ ...track(id, { anonymousId: null, userId: null }), type: 'page' }) },
  { reason: 'unknown_type', make: (id) => track(id, { type: 'purchase' }) },
  { reason: 'unknown_type', make: (id) => track(id, { type: undefined }) },
  { reason: 'missing_event_name', make: (id) => track(id, { event: undefined }) },
  { reason: 'missing_event_name', make: (id) => track(id, { event: '' }) },
  { reason: 'missing_group_id', make: (id) => ({ ...track(id, {}), type: 'group', traits: { name: 'Nameless' } }) },
  { reason: 'missing_previous_id', make: (id) => ({ type: 'alias', messageId: id, userId: `broken-${id}` }) },
  { reason: 'wrong_type', make: (id) => track(id, { properties: 'price=19.90' }) },
  { reason: 'wrong_type', make: (id) => track(id, { event: { name: 'Form Submitted' } }) },
  {
    reason: 'wrong_type',
    make: (id) => ({ type: 'identify', messageId: id, userId: `broken-${id}`, traits: ['plan', 'pro'] }),
  },
  { reason: 'wrong_type', make: (id) => track(id, { userId: { id: 7 } }) },
  { reason: 'message_id_too_long', make: (id) => track(id, { messageId: id.padEnd(140, 'x') }) },
  { reason: 'id_too_long', make: (id) => track(id, { anonymousId: `broken-${id}`.padEnd(400, 'x') }) },
  { reason: 'too_large', make: (id) => track(id, { properties: { html: 'x'.repeat(40 * 1024) } }) },
  { reason: 'too_deep', make: (id) => track(id, { properties: nested(300) }) },
  { reason: 'not_an_object', make: () => null },
  { reason: 'not_an_object', make: () => 'track' },
  { reason: 'not_an_object', make: () => 42 },
  { reason: 'not_an_object', make: (id) => [track(id, {})] },
];

/** Properties that look dangerous and still belong to good events: they are cleaned, and the event counts. */
export const hostileProperties: readonly Json[] = [
  { comment: 'ends with a NUL\u0000' },
  { comment: 'half an emoji \ud83d' },
  { comment: 'the other half \udc4d of it' },
  JSON.parse('{"__proto__":{"isAdmin":true},"form":"contact"}') as Json,
  JSON.parse('{"constructor":{"prototype":{"isAdmin":true}},"form":"contact"}') as Json,
  { toString: 'a field of that name', hasOwnProperty: 1 },
];
