import { beforeEach, describe, expect, test } from 'vitest';
import { StoredKeys } from '../../../functions/middleware/stored-keys.ts';
import type { StoredKey } from '../../../schemas/stored-key.ts';
import { sha256 } from '../settings-keys.ts';

const text = (seed: number) => `sk_${String(seed).padStart(43, 'x')}`;

let now: number;
let table: Map<string, StoredKey>;
let reads: string[];
let isDown: boolean;
let keys: StoredKeys;

beforeEach(() => {
  now = 1_800_000_000_000;
  table = new Map();
  reads = [];
  isDown = false;
  const read = async (hash: string) => {
    reads.push(hash);
    if (isDown) throw new Error('The table is out of reach.');
    return table.get(hash);
  };
  keys = new StoredKeys(read, () => now);
});

function store(given: string, changes: Partial<StoredKey> = {}): void {
  const hash = sha256(given);
  table.set(hash, { sha256: hash, id: 'app', scopes: ['read'], createdAt: now, ...changes });
}

test('knows a key by its hash, and asks once in 25 seconds', async () => {
  store(text(1));
  for (let request = 0; request < 10; request += 1) expect(await keys.find(text(1))).toMatchObject({ id: 'app' });
  expect(reads).toEqual([sha256(text(1))]);
  now += 25_000;
  await keys.find(text(1));
  expect(reads).toHaveLength(2);
});

test('knows a key that is made after the sandbox started', async () => {
  expect(await keys.find(text(1))).toBeUndefined();
  store(text(2));
  expect(await keys.find(text(2))).toMatchObject({ id: 'app' });
});

test('refuses a key within 30 seconds of its revocation', async () => {
  store(text(1));
  await keys.find(text(1));
  store(text(1), { revokedAt: now });
  now += 30_000;
  expect(await keys.find(text(1))).toBeUndefined();
});

test('refuses a key from its end on, although it is remembered', async () => {
  store(text(1), { endsAt: now + 5_000 });
  now += 4_999;
  expect(await keys.find(text(1))).toMatchObject({ id: 'app' });
  now += 1;
  expect(await keys.find(text(1))).toBeUndefined();
});

test('asks again when the clock goes back', async () => {
  store(text(1));
  await keys.find(text(1));
  table.clear();
  now -= 60_000;
  expect(await keys.find(text(1))).toBeUndefined();
});

test('lets nobody through while the table is out of reach', async () => {
  store(text(1));
  isDown = true;
  await expect(keys.find(text(1))).rejects.toMatchObject({ code: 'key_not_checked' });
  isDown = false;
  expect(await keys.find(text(1))).toMatchObject({ id: 'app' });
});

describe('made-up keys', () => {
  test.each(['', 'sk_local', 'x'.repeat(46), `${text(1)}x`, `sk_${'ü'.repeat(43)}`, ` ${text(1)}`])(
    'cost nothing when they do not look like ours: %j',
    async (given) => {
      expect(await keys.find(given)).toBeUndefined();
      expect(reads).toEqual([]);
    },
  );

  test('are asked for once', async () => {
    for (let request = 0; request < 10; request += 1) await keys.find(text(1));
    expect(reads).toHaveLength(1);
  });

  test('are looked up 20 times a second at most, after that who comes is told to come again', async () => {
    const outcomes = [];
    for (let n = 0; n < 1_000; n += 1) outcomes.push(await keys.find(text(n)).catch(({ code }) => code));
    expect(reads).toHaveLength(20);
    expect(new Set(outcomes)).toEqual(new Set([undefined, 'too_many_requests']));
    now += 1_000;
    store(text(5_000));
    expect(await keys.find(text(5_000))).toMatchObject({ id: 'app' });
  });

  test('do not hold up a good key, also when its time has come to be read again', async () => {
    store(text(1));
    await keys.find(text(1));
    for (let second = 0; second < 200; second += 1) {
      now += 1_000;
      for (let n = 0; n < 30; n += 1) await keys.find(text(1_000 + second * 30 + n)).catch(() => undefined);
      expect(await keys.find(text(1))).toMatchObject({ id: 'app' });
    }
  });
});
