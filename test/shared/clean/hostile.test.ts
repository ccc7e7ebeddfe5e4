import { describe, expect, test } from 'vitest';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { maskAddresses } from '../../../shared/clean/mask-ip.ts';
import { anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';
import { cleanOne, failOne } from './clean-one.ts';

const KB = 30_000;

/** Fields that go through patterns, filled with what makes careless patterns slow. */
const texts: readonly [string, string][] = [
  ['hexadecimal digits', 'a'.repeat(KB)],
  ['colons', ':'.repeat(KB)],
  ['points', '1.'.repeat(KB / 2)],
  ['commas', '1,'.repeat(KB / 2)],
  ['spaces', `${' '.repeat(KB)}x`],
  ['brackets', '['.repeat(KB)],
  ['percent signs', '%'.repeat(KB)],
  ['ampersands', '&utm_a=1'.repeat(KB / 8)],
  ['at signs', `https://${'@'.repeat(KB)}`],
  ['parentheses', 'Mozilla/5.0 ('.repeat(KB / 13)],
];

describe('hostile text costs little time', () => {
  test.each(texts)('%s', (_name, text) => {
    const messages = [
      aTrack({ event: text }),
      aTrack({ timestamp: text }),
      aTrack({ properties: { product_id: 'p', price: text } }),
      aTrack({ properties: { currency: text } }),
      aTrack({ context: { ip: text } }),
      aTrack({ context: { userAgent: text } }),
      aTrack({ context: { page: { url: text } } }),
      aTrack({ context: { page: { referrer: text } } }),
    ];
    const start = process.cpuUsage();

    const { items } = cleanRecord(aRecord(anEnvelope(messages)));
    cleanRecord(aRecord(`{"ip":"${text}`));

    expect(items).toHaveLength(messages.length);
    expect(process.cpuUsage(start).user).toBeLessThan(2_000_000);
  });

  test('a field of addresses that is longer than any list is taken out', () => {
    expect(maskAddresses(`${'1.2.3.4, '.repeat(100)}x`)).toBe('');
  });
});

describe('failures tell no values', () => {
  test.each([
    ['an id', aTrack({ userId: { email: 'jane@example.com' } })],
    ['a type', { type: 'jane@example.com', userId: 'u' }],
    ['a name', aTrack({ event: ['jane@example.com'] })],
  ])('%s', (_name, message) => {
    const { detail, path, reason } = failOne(message);
    expect(`${detail} ${path} ${reason}`).not.toContain('jane');
  });

  test('an address in a message that is only text is masked', () => {
    const failed = failOne('203.0.113.77');
    expect([failed.reason, failed.payload]).toEqual(['not_an_object', '"203.0.113.0"']);
  });

  test('an address below the levels allowed is masked', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(40)}{"ip":"203.0.113.77"}${'}'.repeat(40)}`);
    const failed = failOne(aTrack({ properties: deep }));
    expect(failed.reason).toBe('too_deep');
    expect(failed.payload).toContain('"ip":"203.0.113.0"');
  });

  test('an address in a record of an unknown kind is masked', () => {
    const [item] = cleanRecord(aRecord({ kind: 'other', context: { ip: '203.0.113.77' } })).items;
    expect(JSON.stringify(item)).not.toContain('203.0.113.77');
  });
});

test('changes hold no personal values', () => {
  const event = cleanOne({
    type: 'identify',
    userId: 17,
    traits: { email: ' JANE@example.com ', name: 'Jane\u0000 Doe' },
    context: { ip: '203.0.113.77', traits: { email: 'JANE@example.com' } },
  });

  expect(event.changes.length).toBeGreaterThan(3);
  expect(JSON.stringify(event.changes)).not.toMatch(/jane|doe|203\.|"17"/i);
});
