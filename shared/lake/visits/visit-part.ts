import { visitPartsSealed } from '../../../schemas/lake/tables.ts';
import type { ColumnReaders } from '../column-readers.ts';
import type { VisitEvent } from './visit-event.ts';

type Names = (typeof visitPartsSealed)['columns'][number]['name'];

/** A row of `visit_parts_sealed`: times in milliseconds, money in 1/10,000. */
export type VisitPart = {
  -readonly [Name in Exclude<Names, 'profile_key' | 'strand'>]?: string | number | undefined;
} & {
  readonly profile_key: string;
  readonly strand: string;
  visit_at: number;
  first_at: number;
  last_at: number;
  events: number;
  page_views: number;
};

const additions: ReadonlySet<string> = new Set(['Product Added', 'Wishlist Product Added to Cart']);
const REMOVED = 'Product Removed';
const ORDERED = 'Order Completed';
const MOST_WORTH = 10_000n * 1_000_000_000n;

/** Events of one moment are in the order of their message ids, as bytes. */
export const inOrder = (one: VisitEvent, other: VisitEvent): number =>
  one.event_time - other.event_time ||
  (one.message_id === other.message_id
    ? 0
    : Buffer.compare(Buffer.from(one.message_id), Buffer.from(other.message_id)));

/** The rows of a part of a visit from its events, which are in order: the part itself, then its strands. */
export function visitRows(events: readonly VisitEvent[]): VisitPart[] {
  const first = events[0] as VisitEvent;
  const row = (strand: string, { event_time }: VisitEvent): VisitPart => ({
    profile_key: first.profile_key,
    strand,
    visit_at: first.event_time,
    first_at: event_time,
    last_at: event_time,
    events: 0,
    page_views: 0,
  });
  const part: VisitPart = { ...row('', first), device_type: first.device_type };
  const strands = new Map<string, VisitPart>();
  for (const event of events) {
    addToPart(part, event);
    const strand = strandOf(event);
    if (strand === undefined) continue;
    const held = strands.get(strand) ?? row(strand, event);
    strands.set(strand, held);
    addToStrand(held, event);
  }
  return [part, ...strands.values()];
}

function addToPart(part: VisitPart, event: VisitEvent): void {
  const { event_time: time, type, channel } = event;
  part.last_at = time;
  part.events += 1;
  if (type !== 'track') {
    const page = type === 'page' ? event.page_path : event.name;
    if (part.page_views === 0) {
      part.entered_at = time;
      part.entrance_page = page;
    }
    part.page_views += 1;
    part.left_at = time;
    part.exit_page = page;
  }
  if (part.touched_at === undefined && channel !== undefined && channel !== 'on_site') {
    part.touched_at = time;
    part.channel = channel;
    part.source = event.utm_source ?? event.referrer_host;
    part.medium = event.utm_medium;
    part.campaign = event.utm_campaign;
    part.referrer_host = event.referrer_host;
  }
  if (event.event === 'Product Viewed') part.product_viewed_at ??= time;
  if (event.event === 'Checkout Started') part.checkout_started_at ??= time;
  if (additions.has(event.event)) part.product_added_at ??= time;
}

function strandOf({ event, order_id, source_id, message_id, currency }: VisitEvent): string | undefined {
  if (event === ORDERED) return order_id === undefined ? `message ${source_id} ${message_id}` : `order ${order_id}`;
  if (event !== REMOVED && !additions.has(event)) return undefined;
  return currency === undefined ? 'cart' : `cart ${currency}`;
}

function addToStrand(strand: VisitPart, event: VisitEvent): void {
  const { event_time: time } = event;
  strand.last_at = time;
  if (event.event === ORDERED) {
    strand.ordered_at ??= time;
    return;
  }
  strand.currency = event.currency;
  strand.items_added ??= 0;
  strand.items_removed ??= 0;
  strand.cart_changed_at = time;
  const [count, value] = event.event === REMOVED ? (['items_removed', 'value_removed'] as const) : added;
  if (event.event !== REMOVED) strand.product_added_at ??= time;
  strand[count] = Number(strand[count]) + 1;
  const worth = worthOf(event);
  if (worth !== undefined) strand[value] = Number(strand[value] ?? 0) + worth;
}

const added = ['items_added', 'value_added'] as const;

/** Price times quantity, rounded half up to 1/10,000; undefined without either, and beyond a thousand million. */
function worthOf({ price, quantity }: VisitEvent): number | undefined {
  if (price === undefined || quantity === undefined || Math.abs(quantity) >= 1e14) return undefined;
  const product = BigInt(price) * BigInt(Math.round(Math.abs(quantity) * 10_000)) * (quantity < 0 ? -1n : 1n);
  const size = product < 0n ? -product : product;
  if (size > MOST_WORTH * 10_000n) return undefined;
  return Number((size + 5_000n) / 10_000n) * (product < 0n ? -1 : 1);
}

/** How each column is read from such a row. */
export const visitPartReaders = Object.fromEntries(
  visitPartsSealed.columns.map(({ name }) => [name, (part: VisitPart) => part[name]]),
) as unknown as ColumnReaders<typeof visitPartsSealed, VisitPart>;
