import { TRIAL_WINDOW } from './client.ts';
import type { PersonTruth } from './ledger.ts';

/** A segment, and the plainest way to say who must be in it at the end. */
export interface TortureSegment {
  readonly definition: { readonly id: string; readonly name: string; readonly condition: object };
  readonly isMember: (person: PersonTruth) => boolean;
}

const viewed = { type: 'event', event: 'Product Viewed', op: 'greaterOrEqual', value: 3 };
const bought = { type: 'event', event: 'Order Completed' };
const big = { ...bought, where: [{ field: 'total', op: 'greaterOrEqual', value: 100 }] };

/** The segment that time alone ends. */
export const TRIALS = 'torture-trials';

/** Segments that people enter once, that they come and go from, and that time alone ends. */
export const tortureSegments: readonly TortureSegment[] = [
  {
    definition: { id: 'torture-lookers', name: 'Looked three times', condition: viewed },
    isMember: ({ byName }) => (byName.get('Product Viewed') ?? 0) >= 3,
  },
  {
    definition: { id: 'torture-big-orders', name: 'Ordered for 100 at once', condition: big },
    isMember: ({ bigOrders }) => bigOrders > 0,
  },
  {
    definition: {
      id: 'torture-pros',
      name: 'On the plan for professionals',
      condition: { type: 'trait', name: 'plan', op: 'equals', value: 'pro' },
    },
    isMember: ({ traits }) => traits.get('plan')?.value === 'pro',
  },
  {
    definition: {
      id: 'torture-keepers',
      name: 'Bought and sent nothing back',
      condition: {
        type: 'all',
        conditions: [bought, { type: 'not', condition: { type: 'event', event: 'Order Refunded' } }],
      },
    },
    isMember: ({ byName }) => byName.has('Order Completed') && !byName.has('Order Refunded'),
  },
  {
    definition: {
      id: TRIALS,
      name: 'On trial',
      condition: { type: 'event', event: 'Trial Started', window: { last: TRIAL_WINDOW } },
    },
    isMember: () => false,
  },
];
