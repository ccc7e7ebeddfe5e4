import { describe, expect, it } from 'vitest';
import { theStore } from './a-store.ts';

type Counts = Readonly<Record<string, number>>;

const total = (counts: Counts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Adds up records of counts, key by key. */
function added(all: readonly Counts[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [key, count] of all.flatMap((counts) => Object.entries(counts))) sums[key] = (sums[key] ?? 0) + count;
  return sums;
}

describe('ledger', () => {
  const { ledger } = theStore();
  const profiles = Object.values(ledger.profiles);

  it('adds up over types, names, profiles and origins', () => {
    expect(total(ledger.byType)).toBe(ledger.accepted);
    expect(total(ledger.byName)).toBe(ledger.accepted);
    expect(added(profiles.map(({ byName }) => byName))).toEqual(ledger.byName);
    expect(total(added(profiles.map(({ events }) => ({ events }))))).toBe(ledger.accepted);
    expect(Object.values(ledger.origins).reduce((sum, { events }) => sum + events, 0)).toBe(ledger.accepted);
  });

  it('adds up over days once the undetermined events are added', () => {
    expect(added([...Object.values(ledger.byDay), ledger.undetermined.byName])).toEqual(ledger.byName);
    expect(total(ledger.undetermined.byName)).toBe(ledger.undetermined.messageIds.length);
  });

  it('gives each device to the person who told of it, and each person all of their events', () => {
    const owners = new Map(
      ledger.people.flatMap(({ userId, anonymousIds }) =>
        anonymousIds.map((id) => [`anonymous:${id}` as string, userId] as const),
      ),
    );
    for (const [anonymous, person] of Object.entries(ledger.identities)) {
      expect(person).toBe(`user:${owners.get(anonymous)}`);
    }
    expect(Object.keys(ledger.identities).length).toBeGreaterThan(100);
    const persons = Object.values(ledger.persons);
    expect(added(persons.map(({ byName }) => byName))).toEqual(ledger.byName);
    expect(added(persons.map(({ revenue }) => revenue))).toEqual(ledger.revenue);
  });

  it('adds up money and orders over profiles and people, in integers', () => {
    expect(added(profiles.map(({ revenue }) => revenue))).toEqual(ledger.revenue);
    expect(added(profiles.map(({ refunds }) => refunds))).toEqual(ledger.refunds);
    expect(profiles.reduce((sum, { orders }) => sum + orders, 0)).toBe(ledger.orders);
    expect(ledger.people.reduce((sum, { orders }) => sum + orders, 0)).toBe(ledger.orders);
    expect(Object.values({ ...ledger.revenue, ...ledger.refunds }).every(Number.isSafeInteger)).toBe(true);
    expect(ledger.orders).toBe(ledger.byName['Order Completed']);
  });

  it('accounts for every message on the wire', () => {
    const { sent, resent, failed, refused } = ledger.messages;
    expect(ledger.accepted + resent + failed + refused).toBe(sent);
    expect(Object.values(ledger.failed).reduce((sum, { count }) => sum + count, 0)).toBe(failed);
    expect(total(ledger.refused)).toBe(refused);
  });

  it('counts one entry a visit, and as many visits as people made', () => {
    const visits = Object.values(ledger.origins).reduce((sum, origin) => sum + origin.visits, 0);
    expect(Object.keys(ledger.entries).length).toBe(visits);
    expect(ledger.people.reduce((sum, person) => sum + person.visits, 0)).toBe(visits);
  });

  it('knows whose each profile is', () => {
    const { people } = ledger;
    const keys = people.flatMap(({ userId, anonymousIds }) => [
      `user:${userId}`,
      ...anonymousIds.map((id) => `anonymous:${id}`),
    ]);
    expect(new Set(keys.filter((key) => key !== 'user:null')).size).toBe(
      keys.filter((key) => key !== 'user:null').length,
    );
    const strangers = Object.keys(ledger.profiles).filter((key) => !keys.includes(key));
    expect(strangers.every((key) => key.startsWith('anonymous:'))).toBe(true);
    expect(strangers.length).toBeLessThan(80);
  });
});
