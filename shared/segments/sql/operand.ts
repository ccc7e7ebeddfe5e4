import { type EventField, eventFields } from '../../../schemas/segment/fields.ts';
import type { PersonQuery } from './person-query.ts';
import { jsonPath, numeral, quote } from './quote.ts';

/**
 * A value that a test looks at: for each type that it may have, an expression that is NULL where it has another one. What
 * is left out, it never is.
 */
export interface Operand {
  readonly exists: string;
  readonly text?: string;
  /** A double. */
  readonly number?: string;
  readonly boolean?: string;
  /** A timestamp. A text is one by what it says. */
  readonly instant?: string;
  /** Whether it is a list that has one of the values; NULL if it is no list. */
  readonly hasAny?: (values: readonly (string | number)[]) => string;
}

/** A column or expression of text. */
export const textOperand = (sql: string): Operand => ({ exists: `${sql} IS NOT NULL`, text: sql });

/** An expression of type timestamp. */
export const instantOperand = (sql: string): Operand => ({ exists: `${sql} IS NOT NULL`, instant: sql });

/** An expression of type double, or an integer. */
export const numberOperand = (sql: string): Operand => ({ exists: `${sql} IS NOT NULL`, number: sql });

/** An expression that is the JSON text of a value, or NULL. */
export function jsonOperand(json: string): Operand {
  return {
    exists: `${json} <> 'null'`,
    text: `CASE WHEN ${json} LIKE '"%' THEN json_extract_scalar(${json}, '$') END`,
    number: `TRY_CAST(${json} AS double)`,
    boolean: `CASE ${json} WHEN 'true' THEN true WHEN 'false' THEN false END`,
    hasAny: (values) => {
      const list = `CASE WHEN ${json} LIKE '[%' THEN CAST(json_parse(${json}) AS array(json)) END`;
      return `any_match(${list}, e -> ${oneOf(jsonOperand('json_format(e)'), values)})`;
    },
  };
}

/** A field of events, as the lake names it. */
export function fieldOperand(query: PersonQuery, field: EventField): Operand {
  switch (eventFields[field]) {
    case 'text':
      return textOperand(query.column(field));
    case 'number':
      return numberOperand(query.column(field));
    case 'money':
      return numberOperand(`CAST(${query.column(field)} AS double)`);
    case 'texts':
      return textsOperand(productValues(query, field.slice(field.indexOf('.') + 1)));
  }
}

/** The column that holds the JSON text of a property of an event, by the way to it. */
export const propertyText = (query: PersonQuery, path: string): string =>
  query.events.add(extract('properties', path.split('.')), 'property', path);

/** JSON text of what lies in a JSON object by the way of `keys`, NULL if there is nothing. Lists are not entered. */
export function extract(object: string, keys: readonly string[]): string {
  const found = `json_format(json_extract(${object}, ${jsonPath(keys)}))`;
  // Trino takes a whole number for a place in a list, too.
  const places = keys.flatMap((key, at) => (at > 0 && /^[-+]?\p{Nd}+$/u.test(key) ? [at] : []));
  const isObject = (at: number) => `json_format(json_extract(${object}, ${jsonPath(keys.slice(0, at))})) LIKE '{%'`;
  return places.length === 0 ? found : `CASE WHEN ${places.map(isObject).join(' AND ')} THEN ${found} END`;
}

/** The distinct texts under a key of the event's products, NULL without one. */
function productValues(query: PersonQuery, key: string): string {
  const each = `transform(CAST(json_parse(products) AS array(json)), p -> json_extract_scalar(p, ${jsonPath([key])}))`;
  const texts = query.events.add(`filter(${each}, t -> t IS NOT NULL)`, 'products', key);
  return texts;
}

const textsOperand = (list: string): Operand => ({
  exists: `cardinality(${list}) > 0`,
  hasAny: (values) => {
    const texts = values.filter((value) => typeof value === 'string').map(quote);
    return texts.length === 0 ? 'false' : `arrays_overlap(${list}, ARRAY[${texts.join(', ')}])`;
  },
});

/** Whether the operand is one of the values, of the same type and equal; it may be NULL where it is not. */
export function oneOf(operand: Operand, values: readonly (string | number | boolean)[]): string {
  const texts = values.filter((value) => typeof value === 'string').map(quote);
  const numbers = values.filter((value) => typeof value === 'number').map(numeral);
  const booleans = values.filter((value) => typeof value === 'boolean').map(String);
  const tests = [among(operand.text, texts), among(operand.number, numbers), among(operand.boolean, booleans)];
  const [first, ...rest] = tests.filter((test) => test !== undefined);
  if (first === undefined) return 'false';
  return rest.length === 0 ? first : `(${[first, ...rest].join(' OR ')})`;
}

function among(sql: string | undefined, literals: readonly string[]): string | undefined {
  if (sql === undefined || literals.length === 0) return undefined;
  return literals.length === 1 ? `${sql} = ${literals[0]}` : `${sql} IN (${literals.join(', ')})`;
}
