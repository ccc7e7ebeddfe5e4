import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordFilter } from '../../../../infra/local/lambda/record-filter.ts';
import vectors from './record-filter-vectors.json' with { type: 'json' };

type Vector = [name: string, pattern: object, data: object, expected: boolean];

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const aFilter = (...data: object[]) => recordFilter(data.map((one) => JSON.stringify({ data: one })));

test.each(vectors as unknown as Vector[])('%s', (_name, pattern, data, expected) => {
  expect(aFilter(pattern)(base64(JSON.stringify(data)))).toBe(expected);
});

test('lets a record pass that fits one of several filters', () => {
  const filter = aFilter({ kind: ['a'] }, { v: [{ numeric: ['>', 5] }] });

  expect(
    [{ kind: 'a' }, { kind: 'b', v: 6 }, { kind: 'b', v: 5 }].map((data) => filter(base64(JSON.stringify(data)))),
  ).toEqual([true, true, false]);
});

test.each([
  ['no JSON', 'kind: transitions'],
  ['half of it', '{"kind":"transitions"'],
  ['nothing', ''],
  ['bytes that are no text', Buffer.from([0xff, 0x00, 0x22])],
  ['a JSON text', '"transitions"'],
  ['null', 'null'],
])('passes over a record that holds %s', (_name, data) => {
  expect(aFilter({ kind: ['transitions'] })(base64(data))).toBe(false);
});

test.each([
  ['spaces', '{ "kind" : "transitions" }'],
  ['escapes', '{"k\\u0069nd":"tr\\u0061nsitions"}'],
  ['a name twice, the last counting', '{"kind":"events","kind":"transitions"}'],
])('reads JSON with %s', (_name, data) => {
  expect(aFilter({ kind: ['transitions'] })(base64(data))).toBe(true);
});

test('says of any data the same as of the data with another field that holds the text', () => {
  // The look at the bytes must not decide: with the text somewhere in the record it always parses.
  const text = fc.oneof(fc.constant('transitions'), fc.constant('a"b\\'), fc.string());
  fc.assert(
    fc.property(text, fc.array(text, { minLength: 1 }), (kind, wanted) => {
      const filter = aFilter({ kind: wanted });
      const plain = filter(base64(JSON.stringify({ kind })));
      expect(plain).toBe(wanted.includes(kind));
      expect(filter(base64(JSON.stringify({ kind, all: wanted })))).toBe(plain);
    }),
  );
});

test.each([
  [
    'an operator that there is not',
    '{"data":{"a":[{"regex":"x"}]}}',
    'data.a has the rule {"regex":"x"}, which is not known here',
  ],
  ['two operators in one rule', '{"data":{"a":[{"prefix":"x","suffix":"y"}]}}', 'which is not known here'],
  ['an operator with a wrong argument', '{"data":{"a":[{"prefix":1}]}}', 'data.a has the rule {"prefix":1}'],
  ['a comparison that there is not', '{"data":{"a":[{"numeric":["!",1]}]}}', 'data.a has the rule'],
  ['a bound that is no number', '{"data":{"a":[{"numeric":["<","1"]}]}}', 'data.a has the rule'],
  ['an empty list', '{"data":{"a":{"b":[]}}}', 'data.a.b has an empty list'],
  ['a value without a list', '{"data":{"a":"x"}}', 'data.a must be an object, or a list of rules'],
  ['an empty pattern', '{"data":{}}', 'data is empty'],
  [
    'another key than data',
    '{"partitionKey":["1"]}',
    'partitionKey is no key to filter Kinesis records by: only data is',
  ],
  ['data that is no object', '{"data":["x"]}', 'data must be an object'],
  ['no JSON', '{data', 'the filter {data is wrong: '],
])('refuses %s', (_name, pattern, reason) => {
  expect(() => recordFilter([pattern])).toThrow(reason);
});

test('refuses more than five filters', () => {
  expect(() => aFilter(...Array.from({ length: 6 }, () => ({ a: ['x'] })))).toThrow(
    'there are 6 filters; 5 are allowed',
  );
});
