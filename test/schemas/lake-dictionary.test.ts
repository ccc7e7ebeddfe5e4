import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lakeDictionary } from '../../schemas/lake/dictionary.ts';
import { lakeTables } from '../../schemas/lake/tables.ts';
import { lakeViews } from '../../schemas/lake/views.ts';

const dictionary = lakeDictionary();

test('is up to date: run `npm run generate` after a change of the lake', () => {
  expect(readFileSync(new URL('../../schemas/lake/README.md', import.meta.url), 'utf8')).toBe(dictionary);
});

test.each([...lakeViews, ...lakeTables].map(({ name }) => name))('has a section of %s', (name) => {
  expect(dictionary.split('\n')).toContain(`### ${name}`);
});

test('names every column of every view with its type and comment', () => {
  for (const { name, columns } of lakeViews) {
    const [, section = ''] = dictionary.split(`\n### ${name}\n`);
    const shown = section.split('\n### ')[0]?.split('\n') ?? [];
    for (const column of columns) {
      expect(shown).toContain(`| ${column.name} | ${column.type} | ${column.comment.replaceAll('|', '\\|')} |`);
    }
  }
});
