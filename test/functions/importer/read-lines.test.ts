import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LineFormat, readLines } from '../../../functions/importer/read-lines.ts';
import { openSource } from '../../../functions/importer/read-source.ts';
import type { ReadLine } from '../../../shared/import/part.ts';

const csv: LineFormat = { type: 'csv', delimiter: ',', quote: '"', encoding: 'utf-8' };
const ndjson: LineFormat = { ...csv, type: 'ndjson' };

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function linesOf(content: string | Buffer, format = csv, sizes: readonly number[] = [1_000_000], offset = 0) {
  const bytes = Buffer.from(content).subarray(offset);
  const lines: ReadLine[] = [];
  for await (const line of readLines(chunked(bytes, sizes), format, offset)) lines.push(line);
  return lines;
}
const rowsOf = async (...args: Parameters<typeof linesOf>) =>
  (await linesOf(...args)).map(({ row, problem }) => row ?? problem?.reason);

test.each<[string, string | Buffer, LineFormat, unknown]>([
  [
    'quoted delimiters, quotes and lines',
    'a,"b, ""c""\nd"\r\n1,2',
    csv,
    [
      ['a', 'b, "c"\nd'],
      ['1', '2'],
    ],
  ],
  [
    'a byte order mark',
    '\ufeffa,b\n1,2\n',
    csv,
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['a byte order mark before a quote', '\ufeff"a",b\n', csv, [['a', 'b']]],
  ['quotes in the midst of a cell', '12" VINYL,5\' 3"\n', csv, [['12" VINYL', '5\' 3"']]],
  ['empty lines', '\na\n\n\r\nb\n\n', csv, [['a'], ['b']]],
  [
    'empty cells',
    'a,,\n,,\n',
    csv,
    [
      ['a', '', ''],
      ['', '', ''],
    ],
  ],
  ['other delimiters and quotes', "a;'b;''c'\n", { ...csv, delimiter: ';', quote: "'" }, [['a', "b;'c"]]],
  ['tabs', 'a\t"b\tc"\n', { ...csv, type: 'tsv', delimiter: '\t' }, [['a', 'b\tc']]],
  ['latin1', Buffer.from('Zoë,£\n', 'latin1'), { ...csv, encoding: 'latin1' }, [['Zoë', '£']]],
  ['latin1 taken for UTF-8', Buffer.from('ok\nZoë\nok\n', 'latin1'), csv, [['ok'], 'bad_encoding', ['ok']]],
  ['a quote that is never closed', 'a\n"b\nc\n', csv, [['a'], 'broken_line']],
  ['JSON', '{"a":1}\n\n {"b":"x\\ny"} \r\n{"c":2}', ndjson, [{ a: 1 }, { b: 'x\ny' }, { c: 2 }]],
  [
    'what is no JSON object',
    '[1]\n{"a":\n7\n{"ok":1}',
    ndjson,
    ['broken_line', 'broken_line', 'broken_line', { ok: 1 }],
  ],
  ['JSON in another encoding', Buffer.from('{"a":"é"}\n', 'latin1'), ndjson, ['bad_encoding']],
  ['JSON that is too long', `{"a":"${'x'.repeat(1_000_000)}"}\n{"b":1}\n`, ndjson, ['broken_line', { b: 1 }]],
])('reads %s', async (_, content, format, expected) => {
  expect(await rowsOf(content, format)).toEqual(expected);
});

test('a line without end is a problem of the file', async () => {
  await expect(linesOf(`a,b\n1,"${'x'.repeat(1_100_000)}`)).rejects.toThrow(
    /longer than 1000000 characters.*is a quote missing/,
  );
});

const cell = fc.oneof(
  fc.constantFrom('', 'a', 'Größe', '12.50', '🏕', '\u2028', ' x '),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r\n', 'é', 'x'), maxLength: 5 }),
);
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 12 });
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe.each([
  ['CSV', csv, (rows: string[][], end: string) => rows.map((row) => row.map(quoted).join(',') + end).join('')],
  ['NDJSON', ndjson, (rows: string[][], end: string) => rows.map((row) => JSON.stringify({ row }) + end).join('')],
] as const)('%s', (_, format, write) => {
  const rowOf = (row: string[]) => (format.type === 'csv' ? row : { row });

  test('is the same however it is cut in chunks', async () => {
    await fc.assert(
      fc.asyncProperty(table, sizes, fc.constantFrom('\n', '\r\n'), async (rows, cuts, end) => {
        expect(await rowsOf(write(rows, end), format, cuts)).toEqual(rows.map(rowOf));
      }),
    );
  });

  test('can be read on from behind any line', async () => {
    await fc.assert(
      fc.asyncProperty(table, sizes, fc.boolean(), async (rows, cuts, hasMark) => {
        const content = (hasMark ? '\ufeff' : '') + write(rows, '\n');
        const lines = await linesOf(content, format, cuts);
        expect(lines.at(-1)?.end).toBe(Buffer.byteLength(content));
        for (const [at, { end }] of lines.entries()) {
          expect(await linesOf(content, format, cuts, end)).toEqual(lines.slice(at + 1));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a source', () => {
  const content = Buffer.from(Array.from({ length: 30_000 }, (_, at) => `${at},x\n`).join(''));
  const reader = (bytes: Buffer) => async (start: number, length: number) => bytes.subarray(start, start + length);
  const collect = async (bytes: Buffer, offset: number) => {
    const source = await openSource(reader(bytes), bytes.length);
    const chunks: Buffer[] = [];
    for await (const chunk of source.bytes(offset)) chunks.push(chunk);
    return { isPacked: source.isPacked, read: source.read, bytes: Buffer.concat(chunks) };
  };

  test.each([0, 1, 200_000, content.length])('gives what lies behind byte %i of it, packed or not', async (offset) => {
    const packed = gzipSync(content);
    expect((await collect(content, offset)).bytes.equals(content.subarray(offset))).toBe(true);
    const unpacked = await collect(packed, offset);
    expect(unpacked.bytes.equals(content.subarray(offset))).toBe(true);
    expect(unpacked).toMatchObject({ isPacked: true, read: packed.length });
  });

  test('of several members of gzip is one file', async () => {
    const packed = Buffer.concat([gzipSync(content), gzipSync(Buffer.from('more\n'))]);
    expect((await collect(packed, content.length)).bytes.toString()).toBe('more\n');
  });

  test('that is shorter than it was is refused', async () => {
    await expect(collect(gzipSync(content), content.length + 1)).rejects.toThrow(/must not change/);
  });

  test('tells a damaged archive from a service that failed', async () => {
    const packed = gzipSync(content);
    packed.fill(0, 500, 600);
    await expect(collect(packed, 0)).rejects.toThrow(/is damaged/);
    const source = await openSource(async (start, length) => {
      if (start > 0 || length > 100) throw new Error('S3 is out of reach');
      return gzipSync(content).subarray(start, start + length);
    }, 5_000_000);
    await expect(async () => {
      for await (const _ of source.bytes(0));
    }).rejects.toThrow('S3 is out of reach');
  });
});
