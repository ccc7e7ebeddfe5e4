import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDateFormat } from '../../../schemas/import/date-format.ts';
import { readWritten, TimeZone } from '../../../shared/import/zoned-time.ts';

const utc = (text: string, format = 'iso', zone = 'UTC') => {
  const written = readWritten(text, [readDateFormat(format)]);
  return written && new Date(new TimeZone(zone).toUtc(written)).toISOString();
};

test.each<[string, string, string, string | undefined]>([
  ['2010-12-01 08:26:00', 'iso', 'Europe/London', '2010-12-01T08:26:00.000Z'],
  ['2011-07-01 08:26:00', 'iso', 'Europe/London', '2011-07-01T07:26:00.000Z'],
  ['2011-07-01T08:26:00+02:00', 'iso', 'Europe/London', '2011-07-01T06:26:00.000Z'],
  ['2011-07-01T08:26Z', 'iso', 'Asia/Tokyo', '2011-07-01T08:26:00.000Z'],
  ['2011-07-01', 'iso', 'America/New_York', '2011-07-01T04:00:00.000Z'],
  ['12/1/10 8:26', 'M/d/yy H:mm', 'UTC', '2010-12-01T08:26:00.000Z'],
  ['01.12.1997', 'dd.MM.yyyy', 'Europe/Berlin', '1997-11-30T23:00:00.000Z'],
  ['1-Dec-2010 08:26 PM', 'd-MMM-yyyy hh:mm a', 'UTC', '2010-12-01T20:26:00.000Z'],
  ['1-Dec-2010 12:00 am', 'd-MMM-yyyy hh:mm a', 'UTC', '2010-12-01T00:00:00.000Z'],
  ['20101201T082600.250', "yyyyMMdd'T'HHmmss.SSS", 'UTC', '2010-12-01T08:26:00.250Z'],
  ['1291191960', 'epochSeconds', 'Europe/London', '2010-12-01T08:26:00.000Z'],
  ['1291191960123', 'epochMilliseconds', 'Europe/London', '2010-12-01T08:26:00.123Z'],
  // Clocks went from 01:00 to 02:00 on this day, and from 02:00 back to 01:00 on that.
  ['2011-03-27 01:30:00', 'iso', 'Europe/London', '2011-03-27T01:30:00.000Z'],
  ['2011-10-30 01:30:00', 'iso', 'Europe/London', '2011-10-30T00:30:00.000Z'],
  ['2011-02-29', 'iso', 'UTC', undefined],
  ['2011-13-01', 'iso', 'UTC', undefined],
  ['2011-12-01 24:00', 'iso', 'UTC', undefined],
  ['2011-12-01 13:00 PM', 'yyyy-MM-dd hh:mm a', 'UTC', undefined],
  ['01-Foo-2011', 'dd-MMM-yyyy', 'UTC', undefined],
  ['yesterday', 'iso', 'UTC', undefined],
])('reads %s by %s in %s as %s', (text, format, zone, expected) => {
  expect(utc(text, format, zone)).toBe(expected);
});

const zones = ['Europe/London', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/St_Johns', 'UTC'];

test('what a clock on the wall shows leads back to the moment, but for hours that it shows twice', () => {
  const moment = fc.date({ min: new Date('1972-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(moment, fc.constantFrom(...zones), (date, timeZone) => {
      const time = Math.floor(date.getTime() / 1000) * 1000;
      const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
      const back = Date.parse(utc(shown.format(time), 'iso', timeZone) ?? '');
      expect(shown.format(back)).toBe(shown.format(time));
      expect(Math.abs(back - time)).toBeLessThanOrEqual(3_600_000);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['yyyy-mm-dd', 'says no month (MM)'],
  ['dd/MM', 'says no year (yyyy)'],
  ['yyyy-MM-dd hh:mm', 'has one of hh and a without the other'],
  ['yyyy-MM-dd d', 'says the day twice'],
  ['yyyy-MM-ddTHH:mm', 'has T, which is none of'],
  ["yyyy-MM-dd'T", 'has an apostrophe without its other'],
])('refuses the format %s: it %s', (format, reason) => {
  expect(() => readDateFormat(format)).toThrow(reason);
});
