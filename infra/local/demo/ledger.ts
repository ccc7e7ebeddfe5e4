import type { Origin } from './message.ts';
import type { PersonTruth } from './people-truth.ts';

export type Counts = Record<string, number>;

/** Amounts by currency, as integers of 1/10,000 unit. `none`: the event names no currency. */
export type Amounts = Record<string, number>;

/**
 * The exact truth about the demo store, known by the generator alone.
 *
 * Event names are canonical: e-commerce v2 names for tracks, and `Page Viewed`, `Screen Viewed`, `Identify`, `Group`,
 * `Alias`. An order's revenue is its `total`, or its `revenue` where no total is given; a refund's amount is the
 * `total` of Order Refunded. A cancelled order stays in the revenue. Crawlers' events are counted everywhere.
 */
export interface Ledger {
  readonly window: { readonly from: string; readonly to: string };
  readonly requests: { total: number; accepted: number; refused: number };
  /** Messages on the wire: every copy of every message, malformed and refused ones too. */
  readonly messages: { sent: number; resent: number; failed: number; refused: number };
  /** Distinct messages that become rows of `events`. */
  accepted: number;
  readonly byType: Counts;
  readonly byName: Counts;
  /** UTC day of the true time, then event name. Without the undetermined ones. */
  readonly byDay: Record<string, Counts>;
  /** Events of broken clocks: counted, and their time is set to the arrival. */
  readonly undetermined: { readonly messageIds: string[]; readonly byName: Counts };
  /** Events of devices whose clocks are off while their `sentAt` is off as much: their true time can be known. */
  readonly skewed: { overAnHour: number; readonly beyondAYear: string[] };
  /** Distinct orders completed. */
  orders: number;
  readonly revenue: Amounts;
  refundedOrders: number;
  readonly refunds: Amounts;
  readonly cancelledOrders: string[];
  readonly unitsByProduct: Counts;
  /** By the key under which events came: `user:<userId>` or `anonymous:<anonymousId>`. */
  readonly profiles: Record<string, ProfileTruth>;
  /** Anonymous keys whose person became known, with the key of that person. */
  readonly identities: Record<string, string>;
  /** By the key of the person: what came under all keys of each. */
  readonly persons: Record<string, ProfileTruth>;
  /** Visits and their events by where the visit came from; `none` has the events outside visits. */
  readonly origins: Record<Origin, { visits: number; events: number }>;
  /** First page or screen of each visit: messageId to origin. */
  readonly entries: Record<string, Origin>;
  readonly bots: { events: number; readonly profileKeys: string[] };
  /** Rows of `failed_events` by reason; messageIds where the item has one. */
  readonly failed: Record<string, { count: number; readonly messageIds: string[] }>;
  /** Messages of refused requests by reason. */
  readonly refused: Counts;
  /** Soiled events by kind of dirt. */
  readonly dirt: Counts;
  readonly people: readonly PersonTruth[];
}

export interface ProfileTruth {
  events: number;
  readonly byName: Counts;
  orders: number;
  readonly revenue: Amounts;
  readonly refunds: Amounts;
  /** True times; null where only a broken clock tells them. */
  firstSeen: string | null;
  lastSeen: string | null;
}
