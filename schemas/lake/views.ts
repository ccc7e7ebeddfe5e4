import { alertsView } from './alerts-table.ts';
import { auditLogView } from './audit-table.ts';
import { itemsView } from './catalog-table.ts';
import { type Column, dayPartition, instant, type LakeView, text } from './column.ts';
import { insightViews } from './insight-views.ts';
import { recommendationViews } from './recommendation-views.ts';
import { recommendationsView } from './recommendations-table.ts';
import { shopViews } from './shop-views.ts';
import { profilesView } from './snapshot-table.ts';
import {
  eventsLanded,
  failedEventsLanded,
  identitiesLanded,
  marketingSpendLanded,
  mendedEventsLanded,
  rawLanded,
  transitionsLanded,
} from './tables.ts';

type NameIn<Table extends { columns: readonly Column[] }> = Table['columns'][number]['name'];

/** Columns of a landed table by name, with another comment where the view means something else by one. */
const columnsOf = <Table extends { columns: readonly Column[] }>(
  table: Table,
  names: readonly NameIn<Table>[],
  comments: { readonly [Name in NameIn<Table>]?: string } = {},
): Column[] =>
  names.map((name) => {
    const column = table.columns.find((each) => each.name === name) as Column;
    return { ...column, comment: comments[name as NameIn<Table>] ?? column.comment };
  });

const personKey = text(
  'person_key',
  'Person of the profile: the key that all keys of the person are joined to by now.',
);

/**
 * What analysts query, those that others read first. The SQL of each is in `views/<name>.sql`, its columns in this
 * order.
 */
export const lakeViews: readonly LakeView[] = [
  {
    name: 'sealing',
    comment: 'How far the lake is sealed: one row.',
    columns: [
      text('sealed_before', 'First day that is not sealed, YYYY-MM-DD; empty while no day is.'),
      text('visits_before', 'First day whose visits are not gathered; empty while those of no day are.'),
    ],
  },
  {
    name: 'identities',
    comment: 'Which person each identifier belongs to by now, one row a key that was ever joined to another.',
    columns: [
      text('profile_key', 'Key: user:<userId>, anonymous:<anonymousId> or <kind>:<id>.'),
      text('person_key', 'Key of its person: itself when it stands by itself again.'),
    ],
  },
  {
    name: 'identity_links',
    comment: 'What each identifier is joined to by now and why, one row a key that was ever joined to another.',
    columns: columnsOf(identitiesLanded, ['profile_key', 'parent_key', 'moves', 'changed_at', 'why', 'message_id'], {
      parent_key: 'Key that it is joined to, which may be joined to a further one; null when to none.',
      moves: 'A number that grows each time it is joined or separated.',
      changed_at: 'When that was last changed.',
    }),
  },
  {
    name: 'raw',
    comment: 'Every message as it was received, resent copies included, one row a message received.',
    columns: [...rawLanded.columns, dayPartition],
  },
  {
    name: 'events',
    comment: 'Cleaned events, one row a message however often it was sent, read or retried.',
    columns: [...eventsLanded.columns, personKey, dayPartition],
  },
  {
    name: 'mended_events',
    comment: 'Events that had failed and passed when they were run again, one row an event: they are in events.',
    columns: [...mendedEventsLanded.columns, dayPartition],
  },
  {
    name: 'failed_events',
    comment: 'Events that cleaning rejected, whole and with the reason, one row an event, until a replay mends it.',
    columns: [...failedEventsLanded.columns, dayPartition],
  },
  {
    name: 'transitions',
    comment: 'Entries to and exits from segments, one row each.',
    columns: [...transitionsLanded.columns, dayPartition],
  },
  {
    name: 'segment_members',
    comment: 'Who is in which segment by now, one row a member and segment.',
    columns: [
      ...columnsOf(transitionsLanded, ['segment_id', 'profile_id', 'person_key'], { person_key: 'Key of the member.' }),
      instant('since', 'When the member entered.'),
      ...columnsOf(transitionsLanded, ['version'], {
        version: 'Version of the definition by which the member entered.',
      }),
    ],
  },
  {
    name: 'marketing_spend',
    comment:
      'What marketing cost, one row a day, channel, source, medium, campaign and currency: the latest import counts.',
    columns: [
      ...columnsOf(marketingSpendLanded, ['date', 'channel', 'source', 'medium', 'campaign', 'currency']),
      ...columnsOf(marketingSpendLanded, ['cost', 'impressions', 'clicks'], {
        cost: 'What it cost: the sum over the rows of that import.',
      }),
      instant('updated_at', 'When the import began whose rows these are.'),
      dayPartition,
    ],
  },
  profilesView,
  itemsView,
  alertsView,
  auditLogView,
  recommendationsView,
  ...shopViews,
  ...insightViews,
  ...recommendationViews,
];
