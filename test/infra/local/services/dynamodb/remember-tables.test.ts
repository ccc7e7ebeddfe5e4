import { expect, test } from 'vitest';
import { rememberTables, type Tables } from '../../../../../infra/local/services/dynamodb/remember-tables.ts';

/** Tables on a slow disk: a write shows when `end` is called. */
function slowTables() {
  const stored = new Map<string, object>();
  const ends: (() => void)[] = [];
  const later = (act: () => void, done: (error: unknown) => void) =>
    void ends.push(() => {
      act();
      done(null);
    });
  const tables: Tables = {
    get: (name, done) => done(null, structuredClone(stored.get(name))),
    put: (name, value, done) => later(() => stored.set(name, value as object), done),
    del: (name, done) => later(() => stored.delete(name), done),
  };
  rememberTables(tables);
  const get = (name: string) => new Promise((resolve) => tables.get(name, (_, value) => resolve(value)));
  return { tables, get, end: () => ends.splice(0).map((each) => each()) };
}

test('answers what was written last, also to who reads during a write', async () => {
  const { tables, get, end } = slowTables();
  tables.put('t', { status: 'CREATING' }, () => {});
  expect(await get('t')).toBeUndefined();
  end();
  expect(await get('t')).toEqual({ status: 'CREATING' });
  tables.put('t', { status: 'ACTIVE' }, () => {});
  expect(await get('t')).toEqual({ status: 'CREATING' });
  end();
  expect(await get('t')).toEqual({ status: 'ACTIVE' });
  tables.del('t', () => {});
  await get('t');
  end();
  expect(await get('t')).toBeUndefined();
});

test('gives each reader a description that is its own', async () => {
  const { tables, get, end } = slowTables();
  tables.put('t', { items: 1 }, () => {});
  end();
  for (let reader = 0; reader < 3; reader += 1) {
    const table = (await get('t')) as { items: number };
    expect(table).toEqual({ items: 1 });
    table.items = 7;
  }
});
