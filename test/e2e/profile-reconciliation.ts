import type { Ledger, ProfileTruth } from '../../infra/local/demo/ledger.ts';
import { type Comparison, named } from '../../infra/local/demo/reconciliation.ts';
import { MONEY_SCALE } from '../../schemas/event/vocabulary.ts';
import type { ProfileView } from '../../schemas/profile.ts';
import type { Headwater } from './headwater.ts';

const PARALLEL = 8;

/** Compares every person of the ledger with what the profile API answers. */
export async function reconcileProfiles(ledger: Ledger, headwater: Headwater): Promise<Comparison[]> {
  const todo = Object.entries(ledger.persons);
  const comparisons: Comparison[] = [];
  const work = async () => {
    for (let next = todo.pop(); next; next = todo.pop()) {
      const [key, truth] = next;
      const view = (await headwater.profile(key.replace(/^user:/, ''))) as ProfileView | undefined;
      comparisons.push(...compareProfile(key, truth, view));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return comparisons;
}

function compareProfile(key: string, truth: ProfileTruth, view: ProfileView | undefined): Comparison[] {
  const computed = view?.computed;
  const counts = new Map(computed?.events.map(({ event, total }) => [event, total]));
  const amounts = new Map(computed?.orders.amounts.map((amount) => [amount.currency, amount]));
  const units = (amount: number | undefined) => Math.round((amount ?? 0) * MONEY_SCALE);
  return [
    { what: `${key}: events`, ledger: truth.events, lake: computed?.eventCount ?? 0 },
    ...Object.entries(truth.byName).map(([event, n]) => ({
      what: `${key}: ${event}`,
      ledger: n,
      lake: counts.get(event) ?? 0,
    })),
    { what: `${key}: orders`, ledger: truth.orders, lake: computed?.orders.count ?? 0 },
    ...Object.entries(named(truth.revenue)).map(([currency, amount]) => ({
      what: `${key}: revenue in ${currency}`,
      ledger: amount,
      lake: units(amounts.get(currency)?.revenue),
    })),
    ...Object.entries(named(truth.refunds)).map(([currency, amount]) => ({
      what: `${key}: refunds in ${currency}`,
      ledger: amount,
      lake: units(amounts.get(currency)?.refunded),
    })),
  ];
}
