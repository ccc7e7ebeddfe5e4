import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MapError, readImportMap } from '../../../schemas/import/read-map.ts';
import { readTemplate } from '../../../schemas/import/template.ts';

const folder = new URL('../../../schemas/import/', import.meta.url);
const readme = readFileSync(new URL('README.md', folder), 'utf8');

const problemsOf = (map: unknown): string[] => {
  try {
    readImportMap(typeof map === 'string' ? map : JSON.stringify(map));
    return [];
  } catch (error) {
    if (!(error instanceof MapError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
};

test.each(globSync('examples/*.map.json', { cwd: folder }).sort())('%s is a map', (file) => {
  expect(problemsOf(readFileSync(new URL(file, folder), 'utf8'))).toEqual([]);
});

test('the guide shows maps that are maps, and names the examples that there are', () => {
  const shown = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => json);
  expect(shown.length).toBeGreaterThan(0);
  expect(shown.flatMap(problemsOf)).toEqual([]);
  const named = [...readme.matchAll(/\((examples\/[\w-]+\.map\.json)\)/g)].map(([, file]) => file);
  expect(named.sort()).toEqual(globSync('examples/*.map.json', { cwd: folder }).sort());
});

const event = { event: 'Seen', userId: '{u}', timestamp: '{t}' };
const map = { events: [event] };
const withValue = (value: unknown) => ({ events: [{ ...event, properties: { x: value } }] });
const withTest = (when: unknown) => ({ events: [{ ...event, when }] });

describe('says what is wrong and where:', () => {
  test.each<[string, unknown, RegExp]>([
    ['text that is no JSON', '{"events": [', /^: is not JSON: /],
    ['a list', [], /^: is not an object/],
    ['no events', {}, /^events: is missing/],
    [
      'an unknown field',
      { ...map, group: ['a'] },
      /^: has group, which is not known here: the keys are description, target/,
    ],
    ['no time', { events: [{ event: 'Seen' }] }, /^events\.0\.timestamp: is missing: say when/],
    ['an unknown type', { events: [{ ...event, type: 'sing' }] }, /^events\.0\.type: is none of identify, track/],
    ['an unknown zone', { ...map, timeZone: 'Europe/Lundon' }, /^timeZone: is no time zone/],
    ['an offset for a zone', { ...map, timeZone: '+02:00' }, /^timeZone: is no time zone/],
    ['an unknown date', { ...map, dateFormat: ['iso', 'yyyy-mm'] }, /^dateFormat/],
    ['an unknown encoding', { ...map, format: { encoding: 'utf-16' } }, /^format\.encoding: is none of utf-8, latin1/],
    ['a long delimiter', { ...map, format: { delimiter: '||' } }, /^format\.delimiter: is no single character/],
    [
      'a reason with spaces',
      { ...map, reject: [{ reason: 'No Price', when: { column: 'a', op: 'empty' } }] },
      /^reject\.0\.reason/,
    ],
    [
      'an open brace',
      withValue('{u'),
      /^events\.0\.properties\.x: is no text with columns: it has a \{ without its \}/,
    ],
    ['a closing brace', withValue('u}'), /it has a } without its \{ at character 2/],
    ['an empty placeholder', withValue('{}'), /names no column/],
    [
      'an unknown way',
      withValue({ numbr: '{u}' }),
      /^events\.0\.properties\.x: has numbr, which is no way to make a value/,
    ],
    ['null', withValue(null), /^events\.0\.properties\.x: is neither a text/],
    [
      'more than a way has',
      withValue({ number: '{u}', where: 1 }),
      /^events\.0\.properties\.x: has where, which is not known/,
    ],
    [
      'a wrong part',
      withValue({ multiply: ['{u}', { number: 7 }] }),
      /^events\.0\.properties\.x\.multiply\.1\.number: is not a text/,
    ],
    ['a product of one', withValue({ multiply: ['{u}'] }), /^events\.0\.properties\.x\.multiply: has fewer than 2/],
    ['an unknown op', withTest({ column: 'a', op: 'like' }), /^events\.0\.when\.op: is none of equals/],
    ['an op without value', withTest({ column: 'a', op: 'less' }), /^events\.0\.when\.value: is not a number/],
    [
      'a text to compare',
      withTest({ column: 'a', op: 'less', value: '3' }),
      /^events\.0\.when\.value: is not a number/,
    ],
    [
      'a pattern that may hang',
      withTest({ column: 'a', op: 'matches', value: '(a*)*' }),
      /^events\.0\.when\.value: is a pattern that/,
    ],
    [
      'a test within',
      withTest({ not: { all: [{ column: '', op: 'empty' }] } }),
      /^events\.0\.when\.not\.all\.0\.column: names no column/,
    ],
    ['spend without rules', { target: 'spend' }, /^spend: is missing/],
    [
      'spend in groups',
      { target: 'spend', groupBy: ['a'], spend: { date: 'a', channel: 'a', currency: 'a', cost: 1 } },
      /^groupBy: has no meaning/,
    ],
    [
      'spend without cost',
      { target: 'spend', spend: { date: 'a', channel: 'a', currency: 'a' } },
      /^spend\.cost: is neither/,
    ],
  ])('%s', (_, given, expected) => {
    expect(problemsOf(given)).toContainEqual(expect.stringMatching(expected));
  });

  test('all of it at once', () => {
    expect(problemsOf({ ...map, timeZone: 'x', format: { type: 'xml' }, repeats: 'no' }).length).toBe(3);
  });
});

test('nests values and tests only so deep', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : { absolute: deep(levels - 1) });
  const deepTest = (levels: number): unknown =>
    levels === 0 ? { column: 'a', op: 'empty' } : { not: deepTest(levels - 1) };
  expect(problemsOf(withValue(deep(8)))).toEqual([]);
  expect(problemsOf(withValue(deep(9))).join()).toMatch(/is nested deeper than 8 levels/);
  expect(problemsOf(withTest(deepTest(5)))).toEqual([]);
  expect(problemsOf(withTest(deepTest(6))).join()).toMatch(/is nested deeper than 5 levels/);
});

test.each<[string, unknown]>([
  ['a', ['a']],
  ['', []],
  ['{a b}', [{ column: 'a b' }]],
  ['x-{a|lower}!', ['x-', { column: 'a', filter: 'lower' }, '!']],
  ['{a|b}', [{ column: 'a|b' }]],
  ['{{{a}}}', ['{', { column: 'a' }, '}']],
])('reads the template %s', (text, parts) => {
  expect(readTemplate(text)).toEqual(parts);
});
