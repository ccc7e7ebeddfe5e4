import { DEFAULT_CURRENCY } from '../../schemas/event/vocabulary.ts';
import { defaultLifecycleDays, defaultRfmScale, type LifecycleStage } from '../../schemas/segment/defaults.ts';
import type {
  ComputedCondition,
  Condition,
  Duration,
  EventCondition,
  RfmCondition,
  SegmentDefinition,
} from '../../schemas/segment/definition.ts';

/** Currency of the amounts in built-in segments. Who sells in another changes the segments by the API. */
const CURRENCY = DEFAULT_CURRENCY;
const MEDIUM_SPENDING = 100;
const HIGH_SPENDING = 500;

/** Segments that every deployment begins with; they can be changed and deleted like any other. */
export const builtInSegments: readonly SegmentDefinition[] = [
  ...lifecycleStages(),
  ...activity(),
  ...rfmSegments(),
  ...valueQuintiles(),
  ...spending(),
  interest(),
  ...devices(),
  ...channels(),
  abandonedCart(),
];

function segment(id: string, name: string, description: string, condition: Condition): SegmentDefinition {
  return { id, name, description, includeBots: false, condition };
}

function lifecycleStages(): SegmentDefinition[] {
  const { new: fresh, activated, active, lapsed, returned } = defaultLifecycleDays;
  const stage = (id: string, name: string, description: string, stage: LifecycleStage) =>
    segment(`lifecycle-${id}`, name, description, {
      type: 'lifecycle',
      in: [stage],
      days: { ...defaultLifecycleDays },
    });
  return [
    stage('new', 'New', `First seen at most ${fresh} days ago, and has not ordered yet.`, 'new'),
    stage('activated', 'Activated', `Placed the first order at most ${activated} days ago.`, 'activated'),
    stage(
      'active',
      'Active',
      `Was here within the last ${active} days, and is neither new nor newly activated.`,
      'active',
    ),
    stage('at-risk', 'At risk', `Was last here ${active + 1} to ${lapsed} days ago.`, 'atRisk'),
    stage('lapsed', 'Lapsed', `Has not been here for more than ${lapsed} days.`, 'lapsed'),
    stage(
      'returned',
      'Returned',
      `Came back at most ${returned} days ago, after more than ${lapsed} days.`,
      'returned',
    ),
  ];
}

function activity(): SegmentDefinition[] {
  const events = (op: EventCondition['op'], value: number, last: Duration): EventCondition => ({
    type: 'event',
    event: '*',
    window: { last },
    measure: { of: 'count' },
    op,
    value,
  });
  const isHigh = events('greaterOrEqual', 3, { days: 7 });
  return [
    segment('activity-high', 'High activity', 'At least 3 events in the last 7 days.', isHigh),
    segment('activity-low', 'Low activity', 'Fewer than 3 events in the last 7 days.', events('less', 3, { days: 7 })),
  ];
}

type Scores = Pick<RfmCondition, 'recency' | 'frequency' | 'monetary'>;

function scored(scores: Scores): RfmCondition {
  const { recencyDays, frequency, monetary } = defaultRfmScale;
  return {
    type: 'rfm',
    currency: CURRENCY,
    scale: { recencyDays: [...recencyDays], frequency: [...frequency], monetary: [...monetary] },
    ...scores,
  };
}

function rfmSegments(): SegmentDefinition[] {
  const rfm = (id: string, name: string, description: string, scores: Scores) =>
    segment(`rfm-${id}`, name, description, scored(scores));
  const atLeast = (from: number) => ({ from, to: 5 });
  const atMost = (to: number) => ({ from: 1, to });
  return [
    rfm('champions', 'Champions', 'Ordered lately, often, and for much money: scores of 4 and 5 throughout.', {
      recency: atLeast(4),
      frequency: atLeast(4),
      monetary: atLeast(4),
    }),
    rfm('loyal', 'Loyal customers', 'Order often, and did so within the last 90 days.', {
      recency: atLeast(3),
      frequency: atLeast(3),
    }),
    rfm('big-spenders', 'Big spenders', 'Brought the most revenue: a monetary score of 5.', { monetary: atLeast(5) }),
    rfm('promising', 'Promising', 'Ordered lately, and only once or twice so far.', {
      recency: atLeast(4),
      frequency: atMost(2),
    }),
    rfm('at-risk', 'Valuable and at risk', 'Brought much revenue, and have not ordered for more than 90 days.', {
      recency: atMost(2),
      monetary: atLeast(4),
    }),
    rfm('hibernating', 'Hibernating', 'Ordered once or twice, more than 180 days ago.', {
      recency: atMost(1),
      frequency: atMost(2),
    }),
  ];
}

function valueQuintiles(): SegmentDefinition[] {
  const { monetary } = defaultRfmScale;
  const bounds = [`less than ${monetary[0]}`, ...monetary.map((from) => `at least ${from}`)];
  return bounds.map((bound, at) => {
    const score = at + 1;
    const below = at > 0 && at < monetary.length ? ` and less than ${monetary[at]}` : '';
    return segment(
      `value-${score}`,
      `Value ${score} of 5`,
      `Customers with a net revenue of ${bound}${below} ${CURRENCY}. GET /v1/rfm-quintiles tells your own fifths.`,
      scored({ monetary: { from: score, to: score } }),
    );
  });
}

function spending(): SegmentDefinition[] {
  const netRevenue = (op: 'less' | 'greaterOrEqual', value: number): ComputedCondition => ({
    type: 'computed',
    name: 'netRevenue',
    currency: CURRENCY,
    op,
    value,
  });
  const hasOrdered: ComputedCondition = { type: 'computed', name: 'orderCount', op: 'greaterOrEqual', value: 1 };
  const spent = (id: string, name: string, amount: string, conditions: ComputedCondition[]) =>
    segment(`spending-${id}`, name, `Customers who have spent ${amount} ${CURRENCY} net of refunds.`, {
      type: 'all',
      conditions: [hasOrdered, ...conditions],
    });
  const isMedium = netRevenue('greaterOrEqual', MEDIUM_SPENDING);
  return [
    spent('low', 'Low spending', `less than ${MEDIUM_SPENDING}`, [netRevenue('less', MEDIUM_SPENDING)]),
    spent('medium', 'Medium spending', `${MEDIUM_SPENDING} to ${HIGH_SPENDING}`, [
      isMedium,
      netRevenue('less', HIGH_SPENDING),
    ]),
    spent('high', 'High spending', `at least ${HIGH_SPENDING}`, [netRevenue('greaterOrEqual', HIGH_SPENDING)]),
  ];
}

function interest(): SegmentDefinition {
  return {
    id: 'interest',
    name: 'Interests',
    description:
      'A tag for each category of which a person saw, wished or carted products 3 times in 30 days; at most 5.',
    includeBots: false,
    tags: {
      event: {
        event: [
          'Product List Viewed',
          'Product Clicked',
          'Product Viewed',
          'Product Added to Wishlist',
          'Product Added',
        ],
      },
      by: 'category',
      atLeast: 3,
      last: { days: 30 },
      most: 5,
    },
  };
}

function devices(): SegmentDefinition[] {
  return ['desktop', 'mobile', 'tablet'].map((device) =>
    segment(`device-${device}`, `Mostly on ${device}`, `Most events come from a ${device} device.`, {
      type: 'computed',
      name: 'mainDevice',
      op: 'equals',
      value: device,
    }),
  );
}

function channels(): SegmentDefinition[] {
  const habits = {
    paid: 'advertisements',
    email: 'e-mails',
    social: 'social networks',
    organic: 'search engines',
    referral: 'other sites',
    direct: 'no other site: by address, bookmark or app',
  };
  return Object.entries(habits).map(([channel, way]) =>
    segment(`channel-${channel}`, `Mostly ${channel}`, `Most visits come by ${way}.`, {
      type: 'computed',
      name: 'mainChannel',
      op: 'equals',
      value: channel,
    }),
  );
}

function abandonedCart(): SegmentDefinition {
  const ofCart = ['Product Added', 'Order Completed'];
  const count = { measure: { of: 'count' }, op: 'greaterOrEqual', value: 1 } as const;
  return segment(
    'cart-abandoned-1h',
    'Abandoned cart',
    'Put a product into the cart more than an hour and less than 7 days ago, and has neither added another nor ordered since.',
    {
      type: 'all',
      conditions: [
        {
          type: 'event',
          event: ofCart,
          pick: 'last',
          where: [{ field: 'event', op: 'equals', value: 'Product Added' }],
          window: { last: { days: 7 } },
          ...count,
        },
        { type: 'not', condition: { type: 'event', event: ofCart, window: { last: { hours: 1 } }, ...count } },
      ],
    },
  );
}
