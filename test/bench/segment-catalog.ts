import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import { segmentDefinition } from '../../schemas/segment/definition.ts';
import { builtInSegments } from '../../shared/segments/built-in-segments.ts';

const shopEvents = [
  'Product Viewed',
  'Product Added',
  'Product List Viewed',
  'Order Completed',
  'Cart Viewed',
] as const;
const days = [1, 3, 7, 14, 30, 90] as const;

/** The built-in segments and such as a shop would add, up to `count`: of events in windows, sequences, days and traits. */
export function shopSegments(count: number): SegmentDefinition[] {
  const added = Array.from({ length: Math.max(count - builtInSegments.length, 0) }, (_, index) => {
    const at = <T>(list: readonly T[], step = 1): T => list[Math.floor(index / step) % list.length] as T;
    const event = at(shopEvents);
    const window = { last: { days: at(days, shopEvents.length) } };
    const kinds = [
      { type: 'event', event, window, op: 'greaterOrEqual', value: 1 + (index % 4) },
      {
        type: 'event',
        event: 'Order Completed',
        window,
        measure: { of: 'sum', field: 'total' },
        value: 50 * (1 + (index % 5)),
      },
      { type: 'sequence', steps: [{ event: 'Product Viewed' }, { event }], within: { hours: 2 }, window },
      { type: 'notFollowed', event: { event }, by: { event: 'Order Completed' }, within: { hours: 1 }, window },
      { type: 'frequency', event: { event: '*' }, days: 2 + (index % 3), of: 14 },
      {
        type: 'all',
        conditions: [
          { type: 'computed', name: 'netRevenue', currency: 'EUR', op: 'greaterOrEqual', value: 20 * (index % 7) },
          { type: 'not', condition: { type: 'event', event, window } },
        ],
      },
    ];
    return segmentDefinition.parse({ id: `shop-${index}`, name: `Shop ${index}`, condition: at(kinds) });
  });
  return [...builtInSegments, ...added].slice(0, count);
}
