import { UsageError } from './errors.ts';

/** A number that an option of a command line takes: 0.5, 10000, 10_000 or 1e4. Throws `UsageError`. */
export function numberOption(option: string, text: string, least: number, most: number): number {
  return within(option, text, [least, most], 'a number', () => true);
}

/** A whole number that an option of a command line takes: 10000, 10_000 or 1e4. Throws `UsageError`. */
export function wholeOption(option: string, text: string, least: number, most: number): number {
  return within(option, text, [least, most], 'a whole number', Number.isInteger);
}

function within(
  option: string,
  text: string,
  [least, most]: readonly [number, number],
  what: string,
  is: (number: number) => boolean,
): number {
  const number = /^[\d_.]+(e[+-]?\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (number >= least && number <= most && is(number)) return number;
  const range = `from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
  throw new UsageError(`--${option} takes ${what} ${range}, not '${text}'.`);
}
