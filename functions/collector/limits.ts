/** Limits of the ingestion contract, in bytes of the decoded body. */
export const MAX_EVENT_BYTES = 32 * 1024;
export const MAX_BATCH_BYTES = 500 * 1024;
export const MAX_BATCH_EVENTS = 2500;

/** What the events of one request may take on the stream, once the batch's context is merged into each of them. */
export const MAX_STORED_BYTES = 4_000_000;

/** What one stream record may take: below Kinesis's 1 MiB with its partition key. */
export const MAX_RECORD_BYTES = 900_000;
