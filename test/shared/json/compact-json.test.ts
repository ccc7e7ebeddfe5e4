import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactJson } from '../../../shared/json/compact-json.ts';

test('writes what JSON.parse reads back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(compactJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('is at most a half longer than the text that the value came from', () => {
  const number = fc
    .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: -300, max: 300 }))
    .map(([m, e]) => `${m}e${e}`);
  fc.assert(
    fc.property(fc.array(number), (numbers) => {
      const text = `[${numbers.join(',')}]`;
      expect(compactJson(JSON.parse(text)).length).toBeLessThanOrEqual(text.length * 1.5);
    }),
  );
});

test('writes values of any depth', () => {
  const text = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
  expect(compactJson(JSON.parse(text))).toBe(text);
});

test('leaves out what is undefined, and keeps keys that objects use themselves', () => {
  const value = JSON.parse('{"__proto__":{"a":1},"constructor":2,"b":3}');
  value.b = undefined;
  expect(compactJson(value)).toBe('{"__proto__":{"a":1},"constructor":2}');
});
