/**
 * In the place of the SDK's event streams: of all that the clients here can call, only SubscribeToShard reads one.
 *
 * The SDK imports them when it needs them, and what is imported so is bundled whole.
 */
const missing = (): never => {
  throw new Error('Event streams are not part of the bundles: see infra/decisions/0005-lean-bundles.md.');
};

export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;
export const eventStreamSerdeProvider = missing;
export const EventStreamSerde = missing;
