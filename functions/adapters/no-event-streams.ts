/**
 * In the place of the SDK's event streams, which no call of a function sends or reads (only SubscribeToShard, PutRecords'
 * neighbour, does).
 *
 * Bundling puts this there because the SDK imports them at the first use, and what is imported so cannot be shaken.
 */
const missing = (): never => {
  throw new Error('Event streams are not part of the bundles: see infra/decisions/0005-lean-bundles.md.');
};

export const resolveEventStreamSerdeConfig = <T>(config: T): T => config;
export const eventStreamSerdeProvider = missing;
export const EventStreamSerde = missing;
