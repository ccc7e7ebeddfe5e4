import type { Ledger } from '../demo/ledger.ts';

/** The user id of the demo store's customer with the most orders. */
export function bestCustomer({ persons }: Ledger): string {
  const [best] = Object.entries(persons)
    .filter(([key]) => key.startsWith('user:'))
    .sort(([, one], [, other]) => other.orders - one.orders || other.events - one.events);
  if (!best) throw new Error('The demo store has no customer.');
  return best[0].slice('user:'.length);
}
