import type { profileSnapshots } from '../../schemas/lake/snapshot-table.ts';
import type { Profile, ProfileView, Touch } from '../../schemas/profile.ts';
import type { Key } from '../../schemas/stream/control.ts';
import type { ColumnReaders } from './column-readers.ts';

/** A person as of a snapshot. */
export interface PersonSource {
  readonly home: Key;
  /** All keys of the person, the home first. */
  readonly keys: readonly Key[];
  /** Of all keys together. */
  readonly profile: Profile;
  /** The same as the API shows it at `snapshotAt`. */
  readonly view: ProfileView;
  /** Milliseconds since 1970. */
  readonly snapshotAt: number;
  /** ISO 4217 code of the amounts. */
  readonly currency: string;
}

const totalsOf = ({ profile, currency }: PersonSource) =>
  profile.orders.totals.get(currency) ?? { revenue: 0, refunded: 0, cancelled: 0 };

const touchReaders = {
  at: (touch: Touch | undefined) => touch?.time,
  channel: (touch: Touch | undefined) => touch?.channel,
  source: (touch: Touch | undefined) => touch?.source,
  medium: (touch: Touch | undefined) => touch?.medium,
  campaign: (touch: Touch | undefined) => touch?.campaign,
};

/** 0 stands for never. */
const momentOf = (time: number): number | undefined => time || undefined;

export const profileReaders: ColumnReaders<typeof profileSnapshots, PersonSource> = {
  snapshot: ({ snapshotAt }) => new Date(snapshotAt).toISOString(),
  profile_id: ({ view }) => view.profileId,
  person_key: ({ home }) => home,
  user_id: ({ view }) => view.userId ?? undefined,
  keys: ({ keys }) => JSON.stringify(keys),
  traits: ({ view }) => JSON.stringify(view.traits),
  segments: ({ view }) => JSON.stringify(view.segments.map(({ id }) => id)),
  consent: ({ view }) => JSON.stringify(view.consent),
  first_seen_at: ({ profile }) => profile.firstSeen,
  last_seen_at: ({ profile }) => profile.lastSeen,
  event_count: ({ profile }) => profile.eventCount,
  orders: ({ profile }) => profile.orders.count,
  orders_cancelled: ({ profile }) => profile.orders.cancelledCount,
  first_order_at: ({ profile }) => momentOf(profile.orders.firstAt),
  last_order_at: ({ profile }) => momentOf(profile.orders.lastAt),
  currency: ({ currency }) => currency,
  revenue: (person) => totalsOf(person).revenue,
  refunded: (person) => totalsOf(person).refunded,
  net_revenue: (person) => totalsOf(person).revenue - totalsOf(person).refunded - totalsOf(person).cancelled,
  first_touch_at: ({ profile }) => touchReaders.at(profile.firstTouch),
  first_touch_channel: ({ profile }) => touchReaders.channel(profile.firstTouch),
  first_touch_source: ({ profile }) => touchReaders.source(profile.firstTouch),
  first_touch_medium: ({ profile }) => touchReaders.medium(profile.firstTouch),
  first_touch_campaign: ({ profile }) => touchReaders.campaign(profile.firstTouch),
  last_touch_at: ({ profile }) => touchReaders.at(profile.lastTouch),
  last_touch_channel: ({ profile }) => touchReaders.channel(profile.lastTouch),
  last_touch_source: ({ profile }) => touchReaders.source(profile.lastTouch),
  last_touch_medium: ({ profile }) => touchReaders.medium(profile.lastTouch),
  last_touch_campaign: ({ profile }) => touchReaders.campaign(profile.lastTouch),
  computed: ({ view }) => JSON.stringify(view.computed),
  snapshot_at: ({ snapshotAt }) => snapshotAt,
};
