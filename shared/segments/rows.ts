import type { Row } from './tracks.ts';

/** Number of rows at or before `time`. Rows ascend. */
export function rowsUntil(rows: readonly Row[], time: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] as Row)[0] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Number of rows before `time`. */
export const rowsBefore = (rows: readonly Row[], time: number): number => {
  let at = rowsUntil(rows, time);
  while (at > 0 && (rows[at - 1] as Row)[0] === time) at -= 1;
  return at;
};

/** Adds a row at its place unless it is there. Says whether it was new. */
export function addRow(rows: Row[], row: Row): boolean {
  const [time, id] = row;
  let at = rows.length;
  while (at > 0) {
    const [otherTime, otherId] = rows[at - 1] as Row;
    if (otherTime < time || (otherTime === time && otherId < id)) break;
    if (otherTime === time && otherId === id) return false;
    at -= 1;
  }
  if (at === rows.length) rows.push(row);
  else rows.splice(at, 0, row);
  return true;
}

/** The union of two lists of rows. */
export function unionRows(one: readonly Row[], other: readonly Row[]): Row[] {
  const out: Row[] = [];
  let i = 0;
  let k = 0;
  while (i < one.length && k < other.length) {
    const a = one[i] as Row;
    const b = other[k] as Row;
    const order = a[0] - b[0] || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0);
    out.push(order <= 0 ? a : b);
    if (order <= 0) i += 1;
    if (order >= 0) k += 1;
  }
  while (i < one.length) out.push(one[i++] as Row);
  while (k < other.length) out.push(other[k++] as Row);
  return out;
}
