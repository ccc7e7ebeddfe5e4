import { text, whole } from './column.ts';

/** Columns of every landed table that say where on the stream a row came from. */
export const position = [
  text('shard_id', 'Shard of the stream record that carried the event.'),
  text('sequence_number', 'Sequence number of that record: 56 digits, comparable within one shard.'),
  whole('record_index', 'Position of the event within its record, from 0.'),
] as const;

/** Their names: together they tell any row from any other. */
export const positionNames = position.map(({ name }) => name);

/** Which of two copies came first, where rows know when they were received. */
export const inOrder = ['received_at', 'sequence_number', 'record_index'] as const;
