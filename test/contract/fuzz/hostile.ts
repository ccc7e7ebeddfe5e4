import fc from 'fast-check';
import { hostileTexts } from '../../shared/reports/hostile-texts.ts';

/** Texts that have broken parsers, stores and queries before. */
const known: readonly string[] = [
  ...hostileTexts,
  '',
  ' ',
  '\0',
  '\uD800',
  '\uDC00x',
  '\uFEFF',
  '\r\nset-cookie: a=b',
  '%00',
  '%2e%2e%2f',
  '../../etc/passwd',
  'a'.repeat(600),
  'é'.repeat(2_000),
  '💥'.repeat(300),
  '__proto__',
  'constructor',
  'toString',
  'anonymous:',
  'user:',
  'email:',
  'dedup:0:user:u-1',
  ':',
  '#',
  '/',
  '-1',
  '0',
  '1e999',
  'NaN',
  'Infinity',
  '9007199254740993',
  '2026-02-30',
  '0000-00-00',
  '9999-12-31',
  '+275760-09-13T00:00:00Z',
  'null',
  'true',
  '[]',
  '{}',
  '{"a":',
];

/** A text of any characters, or one that has broken something before. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...known),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 12 }),
);

const { value } = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(anyText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(Number.MAX_VALUE)),
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { arbitrary: tie('leaf'), weight: 4 },
    { arbitrary: fc.array(tie('value'), { maxLength: 4 }), weight: 1 },
    { arbitrary: fc.dictionary(anyText, tie('value'), { maxKeys: 4 }), weight: 1 },
  ),
}));

/** Any JSON. */
export const anyJson: fc.Arbitrary<unknown> = value;

/** JSON that is deeper than a careless reader can go. */
export const deepJson: fc.Arbitrary<string> = fc
  .record({ depth: fc.constantFrom(50, 500, 20_000), isList: fc.boolean() })
  .map(({ depth, isList }) => {
    const [open, close] = isList ? ['[', ']'] : ['{"a":', '}'];
    return `${open.repeat(depth)}1${close.repeat(depth)}`;
  });
