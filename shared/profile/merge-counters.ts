import type { Counter, DayRow, Profile } from '../../schemas/profile.ts';
import { boundRows, leaveOutBefore, SUMS } from './counters.ts';

type Counted = Pick<Profile, 'counters' | 'oldestDay'>;

/** The counters of several parts of one person, with the days that all events together would have kept. */
export function mergeCounters(parts: readonly Counted[]): Counted {
  const merged: Counted = { counters: new Map(), oldestDay: 0 };
  for (const { counters } of parts) {
    for (const [name, counter] of counters) {
      const other = merged.counters.get(name);
      merged.counters.set(name, other === undefined ? withOwnRows(counter) : combine(other, counter));
    }
  }
  const oldestDay = Math.max(...parts.map((part) => part.oldestDay));
  if (oldestDay > 0) leaveOutBefore(merged, oldestDay);
  boundRows(merged);
  return merged;
}

/** Rows themselves are only read; the list of them may lose its first. */
const withOwnRows = (counter: Counter): Counter => ({ ...counter, days: [...counter.days] });

function combine(one: Counter, other: Counter): Counter {
  const currencies = [...new Set([...one.currencies, ...other.currencies])].sort();
  const columnsOf = (counter: Counter) => counter.currencies.map((currency) => currencies.indexOf(currency));
  const values = currencies.map(() => 0);
  const rows = new Map<number, DayRow>();
  for (const counter of [one, other]) {
    const columns = columnsOf(counter);
    for (const [place, column] of columns.entries()) {
      values[column] = (values[column] ?? 0) + (counter.values[place] ?? 0);
    }
    for (const [day, count, ...sums] of counter.days) {
      const row = rows.get(day) ?? ([day, 0, ...currencies.map(() => 0)] satisfies DayRow);
      row[1] += count;
      for (const [place, column] of columns.entries()) {
        row[SUMS + column] = (row[SUMS + column] ?? 0) + (sums[place] ?? 0);
      }
      rows.set(day, row);
    }
  }
  return {
    count: one.count + other.count,
    firstAt: Math.min(one.firstAt, other.firstAt),
    lastAt: Math.max(one.lastAt, other.lastAt),
    currencies,
    values,
    days: [...rows.values()].sort(([a], [b]) => a - b),
  };
}
