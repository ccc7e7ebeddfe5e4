import { amount, big, instant, type LakeView, number, text, truth, whole } from './column.ts';

const asOf = instant('as_of', 'The newest event_time in the lake, for which all of this holds.');

/** Views of people over time: who comes back, and where each stands as a customer. */
export const peopleInsightViews: readonly LakeView[] = [
  {
    name: 'retention',
    comment:
      'How many of those who were first here in a day, week or month are here again in each one after it, up to the newest.',
    columns: [
      text('period', 'day, week or month: the length of the periods. Choose one: each person is in all three.'),
      text(
        'cohort',
        'First day of the period in which the people were first here, YYYY-MM-DD UTC; weeks begin on Monday.',
      ),
      big('period_number', 'Periods after that one, from 0: up to 90 days, 104 weeks or 120 months.'),
      big('cohort_size', 'People of the cohort: those whose first event, robots aside, is in its first period.'),
      big('active', 'Those of them with an event in the period, robots aside.'),
      number('retention_rate', 'active / cohort_size, from 0 to 1.'),
      big('buyers', 'Those of them with an order in the period.'),
      truth('is_complete', 'Whether the period is over by the newest event; else its numbers still grow.'),
    ],
  },
  {
    name: 'lifecycle',
    comment:
      'Stage of each person as of the newest event in the lake, by the bounds of the built-in segments. Those are told by the clock, so they are ahead by the time since that event; a changed definition of theirs does not change this view.',
    columns: [
      text('person_key', 'Person, robots aside.'),
      text(
        'stage',
        'lapsed: last here more than 90 days ago; atRisk: 31 to 90 days ago. Else returned: came back at most 30 days ago after more than 90; activated: first order at most 30 days ago; new: first here at most 30 days ago; active. Days are UTC days.',
      ),
      instant('first_seen_at', 'First event, robots aside.'),
      instant('last_seen_at', 'Last event, robots aside.'),
      big('orders', 'Orders completed, cancelled ones too.'),
      instant('first_order_at', 'When the first was completed.'),
      instant('last_order_at', 'When the last was completed.'),
      asOf,
    ],
  },
  {
    name: 'rfm',
    comment:
      'Recency, frequency and money of the customers: those with an order in the reporting currency that was not cancelled. Scores are fifths of them, with the bounds of GET /v1/rfm-quintiles.',
    columns: [
      text('person_key', 'Customer.'),
      big('recency_days', 'UTC days from the last order, cancelled or not, to as_of.'),
      big('frequency', 'Orders in any currency, without cancelled ones.'),
      amount('monetary', 'What was paid in the reporting currency, less refunds and cancellations.'),
      text('currency', 'The reporting currency.'),
      whole('recency_score', '5 for the fifth that ordered last, to 1. Equal values have equal scores, as below.'),
      whole('frequency_score', '5 for the fifth that ordered most often, to 1.'),
      whole('monetary_score', '5 for the fifth that paid most, to 1.'),
      text(
        'segment',
        'By the scores r, f and m, the first that holds: Champions (all three 4 or 5), Loyal customers (r and f from 3), Promising (r from 4), Needs attention (r 3), Valuable and at risk (m from 4), At risk (f from 3), About to sleep (r 2), Hibernating.',
      ),
      instant('last_order_at', 'When the last order was completed.'),
      asOf,
    ],
  },
];
