import { eventFields } from '../../../schemas/segment/fields.ts';
import type { ValueSource } from '../tracks.ts';
import { jsonOperand, propertyText } from './operand.ts';
import type { PersonQuery } from './person-query.ts';

/** The column that tells events of one moment apart, in the same order as everywhere else. */
export const rowId = (query: PersonQuery): string =>
  query.events.add(md5Digits('source_id || chr(10) || message_id', 8), 'row_id');

/** The first hex digits of a text's md5. */
export const md5Digits = (text: string, digits: number): string =>
  `lower(substr(to_hex(md5(to_utf8(${text}))), 1, ${digits}))`;

/** The number that an event has of a field or property: an integer of 1/10,000, NULL for none and beyond 1e9. */
export function integerValue(query: PersonQuery, { field, property = '' }: ValueSource): string {
  if (field === undefined) return integerOf(jsonOperand(propertyText(query, property)).number as string);
  const column = query.column(field);
  if (eventFields[field] !== 'money') return integerOf(column);
  return `CASE WHEN abs(${column}) <= 1000000000 THEN CAST(${column} * 10000 AS decimal(38, 0)) END`;
}

/** From an expression of type double. */
const integerOf = (number: string): string =>
  `CASE WHEN abs(${number}) <= 1000000000 THEN CAST(floor(${number} * 10000 + 0.5E0) AS decimal(38, 0)) END`;

/** The text that an event has of a field or property; undefined for a field of numbers. */
export function textValue(query: PersonQuery, { field, property = '' }: ValueSource): string | undefined {
  if (field === undefined) return jsonOperand(propertyText(query, property)).text;
  return eventFields[field] === 'text' ? query.column(field) : undefined;
}

/** What tells values apart: of a field its texts or numbers, of a property both, as texts that begin unlike. */
export function distinctValue(query: PersonQuery, source: ValueSource): string {
  const text = textValue(query, source);
  if (source.field !== undefined) return text ?? integerValue(query, source);
  return `coalesce('text ' || ${text}, CAST(${integerValue(query, source)} AS varchar))`;
}
