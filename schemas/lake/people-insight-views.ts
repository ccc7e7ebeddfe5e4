import { big, instant, type LakeView, number, text, truth } from './column.ts';

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
];
