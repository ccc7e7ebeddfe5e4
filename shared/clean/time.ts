/**
 * Times as SDKs send them. All readings are in UTC and depend on nothing but the value:
 *
 * - ISO 8601 with or without fraction, seconds, separators and zone; a time without a zone is UTC
 * - the formats of `Date.prototype.toUTCString` and `toString`, which name their zone
 * - numbers, also as text: seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by size
 */

const ISO =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/;
const NAMED_ZONE = /^[A-Z][a-z]{2},? .{8,40}GMT(?:[+-]\d{4})?(?: \([^)]*\))?$/;
const DIGITS = /^\d{9,19}(?:\.\d+)?$/;

/** Milliseconds since 1970, or undefined when the value is not a time. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'string') return parseText(value);
  return typeof value === 'number' ? fromEpoch(value) : undefined;
}

function parseText(text: string): number | undefined {
  if (text.length === 24 && text.charCodeAt(10) === 84 && text.charCodeAt(23) === 90) {
    const time = Date.parse(text);
    if (!Number.isNaN(time) && text.charCodeAt(4) === 45) return time;
  }
  const trimmed = text.trim();
  const iso = ISO.exec(trimmed);
  if (iso !== null) return fromParts(iso);
  if (DIGITS.test(trimmed)) return fromEpoch(Number(trimmed));
  if (!NAMED_ZONE.test(trimmed)) return undefined;
  const time = Date.parse(trimmed);
  return Number.isNaN(time) ? undefined : time;
}

function fromParts(iso: RegExpExecArray): number | undefined {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = iso;
  const isDay = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  if (!isDay || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    milliseconds,
  );
  return local - offsetOf(zone);
}

/** Milliseconds that a zone such as `+02:00` is ahead of UTC. */
function offsetOf(zone: string): number {
  const sign = zone.charAt(0);
  if (sign !== '+' && sign !== '-') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (sign === '+' ? minutes : -minutes) * 60_000;
}

/** The unit follows from the size: below 10^11 are seconds (to the year 5138), then each thousandfold the next. */
function fromEpoch(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 0) return undefined;
  if (value < 1e11) return Math.trunc(value * 1000);
  if (value < 1e14) return Math.trunc(value);
  if (value < 1e17) return Math.trunc(value / 1e3);
  return value < 1e20 ? Math.trunc(value / 1e6) : undefined;
}
