import { dayPartition, type LakeView } from './column.ts';
import { eventsLanded, failedEventsLanded, rawLanded } from './tables.ts';

/** What analysts query. The SQL of each is in `views/<name>.sql`, its columns in this order. */
export const lakeViews: readonly LakeView[] = [
  {
    name: 'raw',
    comment: 'Every message as it was received, resent copies included, one row a message received.',
    columns: [...rawLanded.columns, dayPartition],
  },
  {
    name: 'events',
    comment: 'Cleaned events, one row a message however often it was sent, read or retried.',
    columns: [...eventsLanded.columns, dayPartition],
  },
  {
    name: 'failed_events',
    comment: 'Events that cleaning rejected, whole and with the reason, one row an event.',
    columns: [...failedEventsLanded.columns, dayPartition],
  },
];
