import type { UsageLine } from '../gateway/billing-units.ts';
import { MONTH_HOURS } from './batches.ts';
import type { BillLine } from './bill.ts';
import type { TableCapacity } from './stage-facts.ts';

type Unit = 'dynamodbWriteUnits' | 'dynamodbReadUnits';
const hoursOf = { dynamodbWriteUnits: 'dynamodbWriteHours', dynamodbReadUnits: 'dynamodbReadHours' } as const;
const isUnit = (unit: string): unit is Unit => unit in hoursOf;

/** A line with the table that it is about, where it is about one. */
export type TableLine = BillLine & { readonly table?: string | undefined };

/** The table of a call, by logical id: its name ends in it. */
export const tableIn = ({ resource }: UsageLine, tables: Iterable<string>): string | undefined =>
  [...tables].find((logicalId) => resource.endsWith(logicalId));

/**
 * The lines as they are charged where tables are provisioned: not by request, but by the hours of the units that follow an even
 * load at the share that shall be used, and by what is always there beyond these.
 */
export function provisioned(lines: readonly TableLine[], tables: ReadonlyMap<string, TableCapacity>): BillLine[] {
  const used = new Map<string, number>();
  const charged = lines.map(({ table, ...line }): BillLine => {
    const capacity = tables.get(table ?? '');
    if (capacity === undefined || !isUnit(line.unit)) return line;
    const hours = line.quantity / 3600 / capacity.utilisation;
    const name = `${table} ${line.unit}`;
    used.set(name, (used.get(name) ?? 0) + hours);
    return { ...line, unit: hoursOf[line.unit], quantity: hours };
  });
  const atLeast = [...tables].flatMap(([table, { leastWrites, leastReads }]): BillLine[] => {
    const rest = (unit: Unit, least: number) => Math.max(0, least * MONTH_HOURS - (used.get(`${table} ${unit}`) ?? 0));
    const idle = { driver: 'Capacity that nothing uses', growth: 'month' } as const;
    return [
      { ...idle, unit: 'dynamodbWriteHours', quantity: rest('dynamodbWriteUnits', leastWrites) },
      { ...idle, unit: 'dynamodbReadHours', quantity: rest('dynamodbReadUnits', leastReads) },
    ];
  });
  return [...charged, ...atLeast];
}
