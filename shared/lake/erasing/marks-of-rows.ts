import { hash } from 'node:crypto';
import { ID_DIGITS } from '../sealing/row-id.ts';

type Value = string | number | boolean | undefined;

/** A place on the stream, shard, sequence number and index, as the hash that ids of rows are made by. */
export const placeId = (values: readonly Value[]): string =>
  hash('md5', values.join('\0')).slice(0, ID_DIGITS).toUpperCase();
