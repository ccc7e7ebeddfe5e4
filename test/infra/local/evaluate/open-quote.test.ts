import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadFile } from '../../../../infra/local/evaluate/load-file.ts';
import { findOpenQuote } from '../../../../infra/local/evaluate/open-quote.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'headwater-evaluate-'));
const file = path.join(folder, 'given.csv');
const holding = (text: string): string => {
  writeFileSync(file, text);
  return file;
};

afterAll(() => rmSync(folder, { recursive: true }));

describe('A CSV file to evaluate by', () => {
  it.each([
    ['at its end', 'user_id,item_id\na,"x\ny"\nb,y\nc,"z\nd,u\n', 5, 'is never closed'],
    ['in its first line', '"user_id,item_id\na,b\n', 1, 'is never closed'],
    ['before another one', 'user_id,item_id\na,"x\nb,"y"\n', 2, 'in line 3'],
  ])('is refused with the line of a quote that is left open %s', async (_, text, line, found) => {
    const loading = loadFile(holding(text), path.join(folder, 'read.parquet'));

    await expect(loading).rejects.toThrow(new RegExp(`line ${line}: a quote is opened here that .*${found}`));
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
