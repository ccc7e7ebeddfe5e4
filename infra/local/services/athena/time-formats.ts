/** MySQL's format letters, as `date_format` and `date_parse` take them, in C's. */
const mysqlLetters: Readonly<Record<string, string>> = {
  i: '%M',
  s: '%S',
  M: '%B',
  W: '%A',
  e: '%-d',
  c: '%-m',
  h: '%I',
  k: '%-H',
  l: '%-I',
  T: '%H:%M:%S',
  r: '%I:%M:%S %p',
  v: '%V',
  x: '%G',
};

export function mysqlFormat(format: string): string {
  return format.replace(/%(.)/g, (same, letter) => mysqlLetters[letter] ?? same);
}

/** Joda's patterns, as `format_datetime` and `parse_datetime` take them, in C's. */
const jodaPatterns: readonly [RegExp, string][] = [
  [/^y{3,}/, '%Y'],
  [/^yy/, '%y'],
  [/^y/, '%Y'],
  [/^MMMM+/, '%B'],
  [/^MMM/, '%b'],
  [/^MM/, '%m'],
  [/^M/, '%-m'],
  [/^dd/, '%d'],
  [/^d/, '%-d'],
  [/^HH/, '%H'],
  [/^H/, '%-H'],
  [/^hh/, '%I'],
  [/^h/, '%-I'],
  [/^mm/, '%M'],
  [/^ss/, '%S'],
  [/^SSS/, '%g'],
  [/^EEEE+/, '%A'],
  [/^E+/, '%a'],
  [/^ww/, '%V'],
  [/^x{4}/, '%G'],
  [/^e/, '%u'],
  [/^a/, '%p'],
  [/^Z+/, '%z'],
  [/^''/, "'"],
];

/** Throws on a letter that has no counterpart. */
export function jodaFormat(pattern: string): string {
  let rest = pattern;
  let format = '';
  while (rest !== '') {
    const quotation = /^'([^']+)'/.exec(rest);
    const [, counterpart] = jodaPatterns.find(([start]) => start.test(rest)) ?? [];
    const start = quotation ? quotation[0] : jodaPatterns.map(([one]) => one.exec(rest)?.[0]).find(Boolean);
    if (!start && /^[A-Za-z]/.test(rest)) throw new Error(`Invalid format: '${pattern}' at '${rest}'`);
    format += quotation ? quotation[1] : (counterpart ?? rest[0]);
    rest = rest.slice(start?.length ?? 1);
  }
  return format;
}
