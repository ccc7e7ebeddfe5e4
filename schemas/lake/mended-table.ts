import { instant, type LandedTable, text, whole } from './column.ts';
import { position } from './position.ts';

export const mendedEventsLanded = {
  name: 'mended_events_landed',
  comment: 'Failed events that passed when they were run again, as landed. Query mended_events instead.',
  columns: [
    text('message_id', 'messageId of the row of events that the event became; empty for a record of several.'),
    text('source_id', 'Source whose write key sent the event.'),
    text('reason', 'Why the event had been rejected.'),
    text('failed_message_id', 'messageId that its row of failed_events had.'),
    text('failed_shard_id', 'Shard of the stream record of which its row of failed_events was.'),
    text('failed_sequence_number', 'Sequence number of that record.'),
    whole('failed_record_index', 'Position of the event within that record, from 0.'),
    instant('failed_at', 'When the event had reached Headwater.'),
    instant('mended_at', 'When it passed.'),
    text('replay_id', 'Replay that ran it again.'),
    ...position,
  ],
  sealing: {
    identity: ['failed_shard_id', 'failed_sequence_number', 'failed_record_index'],
    order: ['mended_at', 'sequence_number', 'record_index'],
    sort: ['mended_at'],
  },
} as const satisfies LandedTable;
