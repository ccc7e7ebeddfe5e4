import type { ProfileView } from '../../../schemas/profile.ts';
import type { AskApi } from './api.ts';
import type { Comparison } from './difference.ts';
import { type Ledger, moneyOf, type PersonTruth } from './ledger.ts';
import { tortureSegments } from './segments.ts';

const PARALLEL = 8;
/** By how much a request's own time may shift that of its events: clocks jump, and requests are under way for a while. */
const SHIFT_MS = 120_000;

/** Compares every person of the ledger with what the profile API answers. */
export async function compareProfiles(
  { persons }: Ledger,
  ask: AskApi,
  comparison: Comparison,
  onCompared: (done: number, people: number) => void,
): Promise<void> {
  const todo = persons.entries();
  let done = 0;
  const work = async () => {
    for (const [key, truth] of todo) {
      // Who has no user id is found by the id of a device.
      const id = key.startsWith('email:') ? `anonymous:${[...truth.anonymousIds][0]}` : key.replace(/^user:/, '');
      const view = await ask<ProfileView>('GET', `/v1/profiles/${encodeURIComponent(id)}`);
      compare(key, truth, view, comparison);
      done += 1;
      onCompared(done, persons.size);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

function compare(key: string, truth: PersonTruth, view: ProfileView | undefined, comparison: Comparison): void {
  const equal = (what: string, ledger: unknown, found: unknown) =>
    comparison.equal(`profile: ${what}`, ledger, found, key);
  if (view === undefined) {
    equal('person', 'a profile', undefined);
    return;
  }
  const { computed, segments, traits } = view;
  equal('events', truth.events, computed.eventCount);
  equal('events by name', sorted(truth.byName), sorted(computed.events.map(({ event, total }) => [event, total])));
  equal(
    'values by name and currency',
    sorted(truth.values),
    sorted(
      computed.events.flatMap(({ event, values }) =>
        values.map(({ currency, total }): [string, number] => [`${event} ${currency}`, units(total)]),
      ),
    ),
  );
  equal('orders', [...truth.orders.values()].filter(({ isCompleted }) => isCompleted).length, computed.orders.count);
  equal(
    'money by currency',
    sorted(Array.from(moneyOf(truth), ([currency, m]) => [currency, [m.revenue, m.refunded, m.cancelled]])),
    sorted(
      computed.orders.amounts.map(({ currency, revenue, refunded, cancelled }) => [
        currency,
        [revenue, refunded, cancelled].map(units),
      ]),
    ),
  );
  equal(
    'traits',
    sorted(Array.from(truth.traits, ([name, { value }]) => [name, lower(value)])),
    sorted(Object.entries(traits).map(([name, value]) => [name, lower(value)])),
  );
  equal('anonymous ids', [...truth.anonymousIds].sort(), view.anonymousIds.toSorted());
  const own = tortureSegments.filter(({ isMember }) => isMember(truth)).map(({ definition }) => definition.id);
  equal(
    'segments',
    own.sort(),
    segments
      .map(({ id }) => id)
      .filter((id) => id.startsWith('torture-'))
      .sort(),
  );
  equal('first seen', true, Math.abs(Date.parse(view.firstSeen) - truth.firstSeen) < SHIFT_MS);
  equal('last seen', true, Math.abs(Date.parse(view.lastSeen) - truth.lastSeen) < SHIFT_MS);
}

const units = (amount: number): number => Math.round(amount * 10_000);
const lower = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

const sorted = <Value>(entries: Iterable<readonly [string, Value]>): (readonly [string, Value])[] =>
  [...entries].sort(([one], [other]) => (one < other ? -1 : 1));
