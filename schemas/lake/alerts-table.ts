import { dayPartition, instant, type LakeView, type LandedTable, number, text } from './column.ts';
import { position } from './position.ts';

const alertColumns = [
  text('alert_id', 'One for each rule and date, however often it was raised.'),
  text('rule', 'Id of the rule that was broken.'),
  instant('raised_at', 'When it was raised: after the quiet hours, where it was noticed in them.'),
  text('date', 'UTC day whose figures broke the rule, YYYY-MM-DD.'),
  text('metric', 'What the rule looks at, for example conversion.'),
  number('value', 'What it was on that day up to the hour of the look.'),
  number('expected', 'Median of the same weekdays before, up to the same hour.'),
  number('change', 'Value against expected, as a share of expected: -0.25 for a quarter less.'),
  number('threshold', 'Threshold that the value broke, where the rule has one.'),
  text('detail', 'What happened, in words.'),
] as const;

export const alertsLanded = {
  name: 'alerts_landed',
  comment: 'Alerts of figures as landed: an alert may be repeated. Query alerts instead.',
  columns: [...alertColumns, ...position],
  sealing: {
    identity: ['alert_id'],
    order: ['sequence_number', 'record_index'],
    sort: ['date', 'rule'],
  },
} as const satisfies LandedTable;

export const alertsView: LakeView = {
  name: 'alerts',
  comment: 'Alerts of figures that fell or rose against their own history, or broke a threshold, one row an alert.',
  columns: [...alertColumns, dayPartition],
};
