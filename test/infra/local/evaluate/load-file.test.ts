import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type CsvRecord, eachRecord } from '../../../../infra/local/evaluate/csv-records.ts';
import { loadFile } from '../../../../infra/local/evaluate/load-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'headwater-evaluate-'));
const file = path.join(folder, 'given.csv');
const holding = (text: string): string => {
  writeFileSync(file, text);
  return file;
};

const load = (text: string) => loadFile(holding(text), path.join(folder, 'read.parquet'));
const findOpenQuote = (csv: string) => eachRecord(csv, () => undefined);

afterAll(() => rmSync(folder, { recursive: true }));

describe('A CSV file to evaluate by', () => {
  it.each([
    ['at its end', 'user_id,item_id\na,"x\ny"\nb,y\nc,"z\nd,u\n', 5, 'is never closed'],
    ['in its first line', '"user_id,item_id\na,b\n', 1, 'is never closed'],
    ['before another one', 'user_id,item_id\na,"x\nb,"y"\n', 2, 'in line 3'],
  ])('is refused with the line of a quote that is left open %s', async (_, text, line, found) => {
    await expect(load(text)).rejects.toThrow(new RegExp(`line ${line}: a quote is opened here that .*${found}`));
  });

  it.each([
    ['ends of lines in a value', 'user_id,item_id\n"a\n\nb",y\nc,\n', 5, 'an item_id'],
    ['ends of lines as Windows has them', 'user_id,item_id\r\n"a\r\nb",y\r\nc,\r\n', 4, 'an item_id'],
    ['empty lines', 'user_id,item_id\n\na,y\n\n\n,y\n', 6, 'a user_id'],
    ['a remark at the top', '# of May\nuser_id,item_id,timestamp\na,y,1\na,y,soon\n', 4, "found 'soon'"],
    ['no end of the last line', 'user_id,item_id,weight\na,y,1\na,y,0', 3, "a weight above 0, found '0'"],
    [
      'a row without a timestamp',
      'user_id,item_id,timestamp\n"a\n",y,1\na,y,\na,y,\n',
      4,
      '2 of 3 rows have no timestamp',
    ],
    ['a row of more values', 'user_id,item_id\n"a\n",y\na,y,1\nb,y\n', 4, 'expected 2 values as in line 1, found 3'],
    ['a row of fewer values', 'user_id,item_id,timestamp\na,y\nb,y,soon\n', 2, 'expected 3 values'],
  ])('is refused with the line of the file, whatever is before it: %s', async (_, text, line, found) => {
    await expect(load(text)).rejects.toThrow(new RegExp(`given.csv, line ${line}: .*${found}`));
  });

  it('has the records that were written, each where it begins', async () => {
    const value = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r') });
    const row = fc.array(value, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(row, fc.constant([])), { maxLength: 6 }), async (rows) => {
        let text = '';
        const written: CsvRecord[] = [];
        for (const values of rows) {
          if (values.length > 0) written.push({ line: text.split('\n').length, values: values.length });
          text += `${values.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')}\n`;
        }

        const read: CsvRecord[] = [];
        await eachRecord(holding(text), (record) => void read.push(record));
        expect(read).toEqual(written);
      }),
      { numRuns: 50 },
    );
  });

  it('has no open quote, whatever its values are, when they are quoted', async () => {
    const value = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r') });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(value, { minLength: 1 }), { minLength: 1, maxLength: 5 }), async (rows) => {
        const text = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')).join('\n');

        expect(await findOpenQuote(holding(text))).toBeUndefined();
        const before = `${text}\n"`;
        expect(await findOpenQuote(holding(before))).toEqual({
          line: before.split('\n').length,
          closedAmiss: undefined,
        });
      }),
      { numRuns: 50 },
    );
  });

  it('may have quotes in the midst of a value', async () => {
    expect(await findOpenQuote(holding('user_id,item_id\na,5" screen\n'))).toBeUndefined();
  });
});
