import { generateStore } from '../../infra/local/demo/store.ts';

/** A Segment message, ready to be sent. */
export type SentMessage = Record<string, unknown>;

/** The demo store's accepted messages in the order of sending, repeated with fresh message ids to `count`. */
export function storeMessages(count: number, sentAt: Date): SentMessage[] {
  const store = generateStore({ seed: 1, end: new Date(sentAt.getTime() - 3_600_000) });
  const messages = store.deliveries
    .flatMap((delivery) => delivery.messages)
    .filter(({ fate, resent }) => fate.kind === 'accepted' && !resent)
    .sort((one, other) => one.sendAt - other.sendAt);
  return Array.from({ length: count }, (_, index) => {
    const message = messages[index % messages.length] as (typeof messages)[number];
    const round = Math.floor(index / messages.length);
    const truth = message.fate.kind === 'accepted' ? message.fate.truth.type : 'track';
    return {
      type: truth,
      ...(message.body as SentMessage),
      messageId: `${(message.body as SentMessage).messageId}-${round}`,
      originalTimestamp: new Date(message.at).toISOString(),
    };
  });
}
