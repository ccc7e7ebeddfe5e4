import { dollarsOf, type PricedUnit, priceOf } from './prices.ts';

/**
 * What makes a line grow. `event`: the number of events, in proportion. `batch`: the batches of a window, which are as many
 * as the windows of a month at most, however many events come. `month`: time alone.
 */
export type Growth = 'event' | 'batch' | 'month';

export interface BillLine {
  /** What asks for it: a function, a store or a step. */
  readonly driver: string;
  readonly unit: PricedUnit;
  readonly growth: Growth;
  /** Units a month. */
  readonly quantity: number;
}

export interface PricedLine extends BillLine {
  readonly service: string;
  /** US dollars a month. */
  readonly dollars: number;
}

/** A month at list prices. */
export interface Bill {
  readonly events: number;
  /** The dearest first. */
  readonly lines: readonly PricedLine[];
  readonly total: number;
}

export function billOf(events: number, lines: readonly BillLine[]): Bill {
  const priced = lines
    .filter(({ quantity }) => quantity > 0)
    .map((line) => ({
      ...line,
      service: priceOf(line.unit).service,
      dollars: dollarsOf(line.unit, line.quantity),
    }))
    .sort((one, other) => other.dollars - one.dollars);
  return { events, lines: priced, total: sum(priced) };
}

/** The lines, the dearest first, where what a driver asks of several tables or by several operations is one. */
export function linesTogether(lines: readonly PricedLine[]): PricedLine[] {
  const groups = Map.groupBy(lines, ({ driver, unit, growth }) => [driver, unit, growth].join());
  const together = Array.from(groups.values(), (alike): PricedLine => {
    const quantity = alike.reduce((total, line) => total + line.quantity, 0);
    return { ...(alike[0] as PricedLine), quantity, dollars: sum(alike) };
  });
  return together.sort((one, other) => other.dollars - one.dollars);
}

/** US dollars of the lines that grow so. */
export const dollarsBy = ({ lines }: Bill, growth: Growth): number =>
  sum(lines.filter((line) => line.growth === growth));

/** What a million events more cost, in US dollars. */
export const perMillion = (bill: Bill): number => (dollarsBy(bill, 'event') * 1e6) / bill.events;

/** US dollars by a property of the lines, the dearest first. */
export function dollarsOfEach(bill: Bill, nameOf: (line: PricedLine) => string): [string, number][] {
  const groups = Map.groupBy(bill.lines, nameOf);
  return [...groups].map(([name, lines]): [string, number] => [name, sum(lines)]).sort(([, a], [, b]) => b - a);
}

const sum = (lines: readonly PricedLine[]): number => lines.reduce((total, { dollars }) => total + dollars, 0);
