import type { Column } from '../../../schemas/lake/column.ts';
import { eventsLanded } from '../../../schemas/lake/tables.ts';
import type { ReadRows } from '../parquet/read-parquet.ts';

const names = [
  'profile_key',
  'event_time',
  'message_id',
  'source_id',
  'type',
  'event',
  'name',
  'is_bot',
  'page_path',
  'channel',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'referrer_host',
  'device_type',
  'order_id',
  'currency',
  'price',
  'quantity',
] as const;

/** Columns of `events_sealed` that visits are gathered from. */
export const visitEventColumns: readonly Column[] = names.map(
  (name) => eventsLanded.columns.find((column) => column.name === name) as Column,
);

/** An event that belongs to a visit: a page, screen or track, of no robot. Times in milliseconds, money in 1/10,000. */
export interface VisitEvent {
  readonly profile_key: string;
  readonly event_time: number;
  readonly message_id: string;
  readonly source_id?: string;
  readonly type: 'page' | 'screen' | 'track';
  readonly event: string;
  readonly name?: string;
  readonly page_path?: string;
  readonly channel?: string;
  readonly utm_source?: string;
  readonly utm_medium?: string;
  readonly utm_campaign?: string;
  readonly referrer_host?: string;
  readonly device_type?: string;
  readonly order_id?: string;
  readonly currency?: string;
  readonly price?: number;
  readonly quantity?: number;
}

const types: ReadonlySet<unknown> = new Set(['page', 'screen', 'track']);
/** E-mails, and what happens to an order later: nobody need be in the shop for these. */
const elsewhere: ReadonlySet<unknown> = new Set([
  'Email Delivered',
  'Email Opened',
  'Email Link Clicked',
  'Email Bounced',
  'Email Marked as Spam',
  'Unsubscribed',
  'Order Updated',
  'Order Cancelled',
  'Order Refunded',
]);

/** The events of rows, which have the columns above, that belong to visits, in the order of the rows. */
export function* visitEvents({ count, columns }: ReadRows): Generator<VisitEvent> {
  const values = new Map(columns.map((each) => [each.column.name, each.values]));
  const of = (name: (typeof names)[number]) => values.get(name) ?? [];
  const [kinds, events, bots, times] = [of('type'), of('event'), of('is_bot'), of('event_time')];
  for (let row = 0; row < count; row += 1) {
    const event = events[row];
    if (bots[row] !== false || !types.has(kinds[row]) || times[row] === undefined) continue;
    if (event === undefined || elsewhere.has(event)) continue;
    yield Object.fromEntries(names.map((name) => [name, of(name)[row]])) as unknown as VisitEvent;
  }
}
