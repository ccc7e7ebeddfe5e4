import type { ImportCounts } from '../../../schemas/import/state.ts';

const number = (count: number): string => count.toLocaleString('en-US');
const lines = (count: number): string => `${number(count)} ${count === 1 ? 'line' : 'lines'}`;

/** What became of the lines, for a terminal; `target` says what they were made to. */
export function outcomeText(counts: ImportCounts, isDryRun = false): string {
  const { rows, landedRows, rejectedRows, knownRows, events } = counts;
  const landed =
    events > 0 || landedRows === 0 ? `as ${number(events)} ${events === 1 ? 'event' : 'events'}` : 'as spend';
  const text = [
    `${lines(rows)} in the file`,
    `  ${number(landedRows).padStart(11)} ${isDryRun ? 'would land' : 'landed'} ${landed}`,
    `  ${number(rejectedRows).padStart(11)} rejected`,
  ];
  const reasons = Object.entries(counts.rejected).sort(([, one], [, other]) => other - one);
  for (const [reason, count] of reasons) text.push(`  ${number(count).padStart(19)} ${reason}`);
  if (knownRows > 0) text.push(`  ${number(knownRows).padStart(11)} known from an earlier import of this name`);
  return text.join('\n');
}

export const paceText = (rows: number, milliseconds: number): string => {
  const seconds = Math.max(milliseconds, 1) / 1000;
  return `${seconds.toFixed(1)} s, ${number(Math.round(rows / seconds))} lines a second`;
};
