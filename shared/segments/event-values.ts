import { hash } from 'node:crypto';
import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import { MONEY_SCALE } from '../../schemas/event/vocabulary.ts';
import { type ColumnField, type EventField, eventFields, type ProductSetField } from '../../schemas/segment/fields.ts';
import { type EventSource, eventReaders } from '../lake/event-row.ts';
import type { TrackColumn, ValueSource } from './tracks.ts';
import { compileTest } from './value-tests.ts';

export type Reader = (event: CleanEvent) => unknown;

/** Characters of a text by which people can be tagged. */
export const MAX_TAG_LENGTH = 100;
/** Numbers beyond it are not measured, so that sums of all rows of a track stay exact integers. */
const MAX_MEASURED = 1e9;
const MAX_INT = 2 ** 31 - 1;

/** Reads a field by its name in the lake, or a property by its path; undefined or null where it is missing. */
export function valueReader({ field, property }: ValueSource): Reader {
  if (field !== undefined) return fieldReader(field);
  const path = (property ?? '').split('.');
  return (event) => valueAt(event.properties, path);
}

function fieldReader(field: EventField): Reader {
  const kind = eventFields[field];
  if (kind === 'texts') return productSetReader(field as ProductSetField);
  const read = eventReaders[field as ColumnField] as (source: EventSource) => string | number | undefined;
  const value = (event: CleanEvent) => read({ event } as EventSource);
  if (kind === 'text') return value;
  if (kind === 'money') {
    return (event) => {
      const money = value(event);
      return Number.isSafeInteger(money) ? (money as number) / MONEY_SCALE : undefined;
    };
  }
  const isWhole = field === 'position' || field === 'step';
  return (event) => {
    const number = value(event);
    return typeof number === 'number' && isWhole && Math.abs(number) > MAX_INT ? undefined : number;
  };
}

const productKeys = {
  'products.product_id': 'productId',
  'products.category': 'category',
  'products.brand': 'brand',
} as const satisfies Record<ProductSetField, string>;

function productSetReader(field: ProductSetField): Reader {
  const key = productKeys[field];
  return (event) => {
    const values = (event.commerce.products ?? []).flatMap((product) => product[key] ?? []);
    return values.length === 0 ? undefined : values;
  };
}

/** The value that keys lead to through objects; undefined where one of them is not there. */
export function valueAt(value: unknown, path: readonly string[], from = 0): unknown {
  let inner = value;
  for (let at = from; at < path.length; at += 1) {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined;
    const key = path[at] as string;
    if (!Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Readonly<Record<string, unknown>>)[key];
  }
  return inner;
}

/** Whether an event passes every test. */
export function compileWhere(
  where: readonly (ValueSource & Parameters<typeof compileTest>[0])[],
): (event: CleanEvent) => boolean {
  const tests = where.map((test) => ({ read: valueReader(test), holds: compileTest(test) }));
  return (event) => {
    for (const { read, holds } of tests) if (!holds(read(event))) return false;
    return true;
  };
}

/** What a row keeps of its event in a column; null for nothing. */
export function columnReader(column: TrackColumn): (event: CleanEvent) => string | number | null {
  if (column.of === 'test') {
    const holds = compileWhere(column.where);
    return (event) => (holds(event) ? 1 : 0);
  }
  const read = valueReader(column);
  if (column.of === 'number') return (event) => tenThousandths(read(event));
  if (column.of === 'distinct') return (event) => distinctValue(read(event));
  return (event) => tagValue(read(event));
}

/** A number as an integer of 1/10,000; null for what is none or too large to be measured. */
export function tenThousandths(value: unknown): number | null {
  if (typeof value !== 'number' || !(Math.abs(value) <= MAX_MEASURED)) return null;
  return Math.floor(value * MONEY_SCALE + 0.5) + 0;
}

function distinctValue(value: unknown): string | number | null {
  return typeof value === 'string' ? hash('md5', value).slice(0, 12) : tenThousandths(value);
}

function tagValue(value: unknown): string | null {
  if (typeof value !== 'string' || value === '') return null;
  return value.length <= MAX_TAG_LENGTH || [...value].length <= MAX_TAG_LENGTH ? value : null;
}
