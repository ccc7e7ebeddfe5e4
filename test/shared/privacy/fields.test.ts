import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FieldRule } from '../../../schemas/privacy-settings.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { applyFields, compileFields } from '../../../shared/privacy/fields.ts';
import { anEnvelope, anIdentify, aRecord } from '../../fixtures/events.ts';

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const rules: readonly FieldRule[] = [
  { path: 'traits.email', action: 'hash' },
  { path: 'traits.birthday', action: 'drop' },
  { path: 'properties.products.*.note', action: 'drop' },
  { path: 'properties.tags.*', action: 'hash' },
  { path: 'properties.payment.card', action: 'hash' },
  { path: 'context.device.id', action: 'drop' },
];
const apply = (message: unknown, given = rules) => applyFields(structuredClone(message), compileFields(given));

describe('a rule', () => {
  test.each<[string, unknown, unknown]>([
    [
      'hashes the trimmed text in small letters',
      { traits: { email: ' Ada@X.org ' } },
      { traits: { email: sha256('ada@x.org') } },
    ],
    [
      'hashes numbers by their text',
      { properties: { payment: { card: 4111 } } },
      { properties: { payment: { card: sha256('4111') } } },
    ],
    ['drops what cannot be hashed', { traits: { email: ['a@x.org'], plan: 'pro' } }, { traits: { plan: 'pro' } }],
    ['drops a field', { traits: { birthday: '1815-12-10' } }, { traits: {} }],
    [
      'reaches each element of a list',
      { properties: { products: [{ id: 1, note: 'x' }, { id: 2 }, 'text'] } },
      { properties: { products: [{ id: 1 }, { id: 2 }, 'text'] } },
    ],
    [
      'hashes each text of a list',
      { properties: { tags: ['a', { b: 1 }] } },
      { properties: { tags: [sha256('a'), null] } },
    ],
    [
      'holds for the traits that apps send along',
      { context: { traits: { email: 'a@x.org' }, device: { id: 'd', model: 'm' } } },
      { context: { traits: { email: sha256('a@x.org') }, device: { model: 'm' } } },
    ],
    ['empties a part that is text', { traits: '{"email":"a@x.org"}' }, { traits: '' }],
    ['empties a part that is a list', { traits: [{ email: 'a@x.org' }] }, { traits: '' }],
    [
      'leaves lists alone that it does not name',
      { properties: { payment: [{ card: 1 }] } },
      { properties: { payment: [{ card: 1 }] } },
    ],
    [
      'reaches what stands in a list of lists',
      [[{ traits: { email: 'a@x.org' } }]],
      [[{ traits: { email: sha256('a@x.org') } }]],
    ],
    ['empties a text in the place of an event', '{"traits":{"email":"a@x.org"}}', ''],
    ['leaves what is no event', 7, 7],
    [
      'leaves inherited fields alone',
      JSON.parse('{"traits":{"__proto__":{"email":"a"}}}'),
      JSON.parse('{"traits":{"__proto__":{"email":"a"}}}'),
    ],
  ])('%s', (_, message, expected) => {
    expect(apply(message)).toEqual(expected);
  });

  test('that there is none leaves an event as it is', () => {
    const message = { traits: { email: 'a@x.org' } };
    expect(applyFields(message, [])).toBe(message);
  });
});

const name = fc.constantFrom('email', 'card', 'products', 'x', 'length', '0');
const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('SECRET', ' secret ', 'sha256:1', 7, true, null),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(name, tie('node'), { maxKeys: 3 }),
  ),
})).node;
const message = fc.record({ traits: value, properties: value, context: value }, { requiredKeys: [] });
const aRule = fc.record<FieldRule>({
  path: fc
    .tuple(
      fc.constantFrom('traits', 'properties', 'context'),
      fc.array(fc.oneof(name, fc.constant('*')), { minLength: 1, maxLength: 3 }),
    )
    .map(([root, names]) => [root, ...names].join('.')),
  action: fc.constantFrom('drop', 'hash'),
});

test('applying rules again changes nothing', () => {
  const sent = { traits: { email: 'ada@x.org', birthday: 'x' }, properties: { tags: ['a'], payment: { card: 7 } } };
  expect(apply(apply(sent))).toEqual(apply(sent));
  fc.assert(
    fc.property(message, fc.array(aRule, { minLength: 1, maxLength: 4 }), (sent, given) => {
      const once = apply(sent, given);
      expect(apply(once, given)).toEqual(once);
    }),
    { numRuns: 300 },
  );
});

test('what a rule names is nowhere in clear, whoever wrote it to the stream', () => {
  const shapes = [
    (one: unknown) => anEnvelope([one]),
    (one: unknown) => one,
    (one: unknown) => [one],
    (one: unknown) => ({ kind: 'unknown', one }),
    (one: unknown) => anEnvelope([JSON.stringify(one)]),
    (one: unknown) => `${JSON.stringify(one)},`,
    (one: unknown) => Buffer.concat([Buffer.from(JSON.stringify(one)), Buffer.from([0xff])]),
  ];
  const good = anIdentify({ traits: { email: 'canary@shop.example', plan: 'pro' } });
  const bad = { ...good, type: 'unknown' };
  const compiled = { fields: compileFields(rules) };
  for (const shape of shapes) {
    for (const sent of [good, bad, { ...good, userId: {} }, { ...good, properties: { deep: nested(40) } }]) {
      const cleaned = cleanRecord(aRecord(shape(structuredClone(sent))), compiled);
      expect(JSON.stringify(cleaned)).not.toContain('canary');
      expect(Buffer.from(JSON.stringify(cleaned.items[0]?.message) ?? '', 'base64').toString()).not.toContain('canary');
    }
  }
});

const nested = (depth: number): unknown => (depth === 0 ? 1 : { deeper: nested(depth - 1) });
