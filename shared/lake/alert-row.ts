import type { alertsLanded } from '../../schemas/lake/alerts-table.ts';
import type { Alert } from '../../schemas/stream/control.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

export interface AlertSource {
  readonly alert: Alert;
  readonly position: Position;
}

export const alertReaders: ColumnReaders<typeof alertsLanded, AlertSource> = {
  alert_id: ({ alert }) => alert.id,
  rule: ({ alert }) => alert.rule,
  raised_at: ({ alert }) => alert.raisedAt,
  date: ({ alert }) => alert.date,
  metric: ({ alert }) => alert.metric,
  value: ({ alert }) => alert.value,
  expected: ({ alert }) => alert.expected,
  change: ({ alert }) => alert.change,
  threshold: ({ alert }) => alert.threshold,
  detail: ({ alert }) => alert.detail,
  ...positionReaders,
};
