import { hash } from 'node:crypto';
import type { LandedTable } from '../../../schemas/lake/column.ts';
import { positionNames } from '../../../schemas/lake/position.ts';

type Value = string | number | boolean | undefined;

/** Hexadecimal digits of an id: 80 bits, so that among a billion rows two share one with a chance of 1 in a million. */
export const ID_DIGITS = 20;

/** No value holds it: cleaning replaces it. */
const SEPARATOR = '\0';

/**
 * The id of a row from its values by column: equal for copies, and what the SQL of the table's view computes. By the
 * columns that tell rows apart or, when one of them has no value, by the row's place on the stream.
 */
export function rowIdOf({ sealing }: LandedTable): (read: (column: string) => Value) => string {
  return (read) => {
    let values = sealing.identity.map(read);
    if (values.includes(undefined)) values = positionNames.map(read);
    return hash('md5', values.join(SEPARATOR)).slice(0, ID_DIGITS).toUpperCase();
  };
}
