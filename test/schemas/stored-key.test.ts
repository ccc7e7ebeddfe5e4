import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scopes } from '../../schemas/access-key.ts';
import { isKeyText, isValid, keyItem, namePlace, type StoredKey, storedKeyOf } from '../../schemas/stored-key.ts';

const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
const aKey = fc.record<StoredKey>(
  {
    sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
    id: fc.stringMatching(/^[\w.-]{1,64}$/),
    scopes: fc.subarray([...scopes], { minLength: 1 }),
    source: fc.stringMatching(/^[\w.-]{1,64}$/),
    limit: fc.record(
      { perSecond: fc.integer({ min: 1, max: 100_000 }), burst: fc.integer({ min: 1, max: 100_000 }) },
      { noNullPrototype: true },
    ),
    createdAt: time,
    endsAt: time,
    revokedAt: time,
  },
  { requiredKeys: ['sha256', 'id', 'scopes', 'createdAt'], noNullPrototype: true },
);

test('a key comes back from its item as it was', () => {
  fc.assert(
    fc.property(aKey, (key) => {
      expect(storedKeyOf(keyItem(key))).toEqual(key);
    }),
  );
});

test('the item of a key that lasts stays, that of another goes 90 days after its end', () => {
  const key = { sha256: 'a'.repeat(64), id: 'app', scopes: ['read'], createdAt: 0 } as const;
  expect(keyItem(key)).not.toHaveProperty('expiresAt');
  expect(keyItem({ ...key, endsAt: 5_000, revokedAt: 2_000 })).toHaveProperty('expiresAt', {
    N: String(2 + 90 * 86_400),
  });
});

test('the claim of a name is no key', () => {
  expect(storedKeyOf(namePlace('sha256:x'))).toBeUndefined();
});

test('a key is valid until it ends or is revoked, whichever comes first', () => {
  expect(isValid({}, 9)).toBe(true);
  expect([1, 2].map((now) => isValid({ endsAt: 2 }, now))).toEqual([true, false]);
  expect([1, 2].map((now) => isValid({ endsAt: 9, revokedAt: 2 }, now))).toEqual([true, false]);
});

test.each([
  [`wk_${'a'.repeat(43)}`, true],
  [`sk_${'_-'.repeat(21)}9`, true],
  [`sk_${'a'.repeat(42)}`, false],
  ['sk_local', false],
])('%s looks like a key that a command made: %s', (text, is) => {
  expect(isKeyText(text)).toBe(is);
});
