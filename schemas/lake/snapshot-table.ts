import { amount, big, type Column, instant, type LakeTable, type LakeView, text } from './column.ts';

/** Names the last whole snapshot of profiles: the moment it shows, ISO 8601. */
export const PROFILES_SNAPSHOT = 'profiles_snapshot';

const touch = <Prefix extends string>(prefix: Prefix, which: string) =>
  [
    instant(`${prefix}_at`, `When the ${which} visit began.`),
    text(`${prefix}_channel`, `Channel of the ${which} visit: paid, email, social, organic, referral or direct.`),
    text(`${prefix}_source`, `Campaign source, or the search engine or network, of the ${which} visit.`),
    text(`${prefix}_medium`, `Campaign medium of the ${which} visit.`),
    text(`${prefix}_campaign`, `Campaign of the ${which} visit.`),
  ] as const;

const personColumns = [
  text('profile_id', 'Opaque id of the person.'),
  text('person_key', 'Key that stands for the person: user:<userId>, anonymous:<anonymousId> or <kind>:<id>.'),
  text('user_id', 'userId, where the person has one.'),
  text('keys', 'All keys of the person, the one that stands for it first: JSON array.'),
  text('traits', 'Traits, JSON object.'),
  text('segments', 'Ids of the segments that the person is in: JSON array.'),
  text('consent', 'Whether consent was granted, by purpose: JSON object.'),
  instant('first_seen_at', 'First event.'),
  instant('last_seen_at', 'Latest event.'),
  big('event_count', 'Events, bots included.'),
  big('orders', 'Orders that were completed, cancelled ones included.'),
  big('orders_cancelled', 'Orders that were cancelled.'),
  instant('first_order_at', 'First order.'),
  instant('last_order_at', 'Latest order.'),
  text('currency', 'ISO 4217 code of the amounts of the row: the reporting currency.'),
  amount('revenue', 'What was paid for orders in that currency, before refunds and cancellations.'),
  amount('refunded', 'What was paid back.'),
  amount('net_revenue', 'Revenue without refunds and cancelled orders.'),
  ...touch('first_touch', 'first'),
  ...touch('last_touch', 'latest not direct'),
  text('computed', 'All that is computed of the person, as `computed` of GET /v1/profiles/{id}: JSON object.'),
  instant('snapshot_at', 'Moment that the row shows: ages, last days and weights are as of then.'),
] as const;

/** Files are named after their snapshot, so that those of one that is not whole are never seen. */
export const profileSnapshots = {
  name: 'profile_snapshots',
  comment: 'People as of each snapshot, whole or not. Query profiles instead.',
  columns: [text('snapshot', 'Snapshot of the row: the moment it shows, ISO 8601.'), ...personColumns],
} as const satisfies LakeTable;

export const profilesView: LakeView = {
  name: 'profiles',
  comment: 'People as of the last snapshot, one row a person, as GET /v1/profiles/{id} showed them.',
  columns: personColumns satisfies readonly Column[],
};
