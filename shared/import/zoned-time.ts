import { type DateField, type DateFormat, monthNames } from '../../schemas/import/date-format.ts';

/** A date and time as it is written, without a zone or with its own. */
export interface WrittenTime {
  /** Milliseconds since 1970 if what is written were UTC. */
  readonly wall: number;
  /** Milliseconds that its own zone is ahead of UTC; undefined when it names none. */
  readonly offset: number | undefined;
}

const MINUTE = 60_000;

/** Reads a time by the first of the formats that fits; undefined when none does, and for no real date. */
export function readWritten(text: string, formats: readonly DateFormat[]): WrittenTime | undefined {
  for (const format of formats) {
    const found = format.kind === 'pattern' ? byPattern(text, format) : sinceEpoch(text, format.kind);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sinceEpoch(text: string, kind: 'epochSeconds' | 'epochMilliseconds'): WrittenTime | undefined {
  if (!/^-?\d{1,14}(?:\.\d{1,9})?$/.test(text)) return undefined;
  return { wall: Math.round(Number(text) * (kind === 'epochSeconds' ? 1000 : 1)), offset: 0 };
}

function byPattern(
  text: string,
  { pattern, fields }: Extract<DateFormat, { kind: 'pattern' }>,
): WrittenTime | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const written: { [Field in DateField]?: string } = {};
  for (const [at, field] of fields.entries()) {
    const part = match[at + 1];
    if (part !== undefined) written[field] = part;
  }
  const year = written.year === undefined ? fullYear(Number(written.shortYear)) : Number(written.year);
  const month = written.monthName === undefined ? Number(written.month) : monthOf(written.monthName);
  const day = Number(written.day);
  const hour = hourOf(written);
  const [minute, second] = [Number(written.minute ?? 0), Number(written.second ?? 0)];
  if (hour === undefined || hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds = Number((written.fraction ?? '0').slice(0, 3).padEnd(3, '0'));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  const date = new Date(wall);
  const isReal = year >= 1000 && date.getUTCFullYear() === year && date.getUTCMonth() === month - 1;
  if (!isReal || date.getUTCDate() !== day) return undefined;
  return { wall, offset: written.offset === undefined ? undefined : offsetOf(written.offset) };
}

/** As spreadsheets take two digits. */
const fullYear = (short: number): number => (short < 70 ? 2000 : 1900) + short;
const monthOf = (name: string): number => monthNames.indexOf(name.toLowerCase()) + 1;

function hourOf({ hour = '0', hour12, halfDay }: { [Field in DateField]?: string }): number | undefined {
  if (hour12 === undefined) return Number(hour);
  const given = Number(hour12);
  if (given < 1 || given > 12) return undefined;
  return (given % 12) + (halfDay?.toLowerCase() === 'pm' ? 12 : 0);
}

/** Milliseconds of `Z`, `+02`, `+0200` or `-05:30`. */
function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE;
}

/**
 * Turns times of a zone of the IANA database into UTC. Where clocks are put back, an hour exists twice: the first is
 * taken. Where they are put forward, an hour does not exist: a time in it is taken as if they had not been yet.
 */
export class TimeZone {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(name: string) {
    this.#format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Milliseconds since 1970. */
  toUtc({ wall, offset }: WrittenTime): number {
    if (offset !== undefined) return wall - offset;
    const before = this.#offsetAt(wall - 24 * 60 * MINUTE);
    const after = this.#offsetAt(wall + 24 * 60 * MINUTE);
    if (before === after && this.#offsetAt(wall - before) === before) return wall - before;
    for (const candidate of [before, after])
      if (this.#offsetAt(wall - candidate) === candidate) return wall - candidate;
    return wall - before;
  }

  /** Offsets change at whole quarters of an hour. */
  #offsetAt(time: number): number {
    const quarter = Math.floor(time / (15 * MINUTE));
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    if (this.#offsets.size > 50_000) this.#offsets.clear();
    const parts = Object.fromEntries(
      this.#format.formatToParts(quarter * 15 * MINUTE).map((part) => [part.type, part.value]),
    );
    const { year, month, day, hour, minute, second, era } = parts;
    const shown = new Date(0);
    shown.setUTCFullYear(era === 'BC' ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day));
    shown.setUTCHours(Number(hour), Number(minute), Number(second));
    const offset = shown.getTime() - quarter * 15 * MINUTE;
    this.#offsets.set(quarter, offset);
    return offset;
  }
}
