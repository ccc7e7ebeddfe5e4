import { fraction, type SampleRequest } from './traffic.ts';

export const EVENT_BYTES = 1024;
/** From one event of a visitor to the next. */
const EVENT_GAP_MS = 4_000;

const products = ['Tent', 'Boots', 'Jacket', 'Backpack', 'Stove', 'Lantern', 'Rope', 'Hammock', 'Bottle', 'Gloves'];
const words = (
  'light warm dry long trail summit river forest night morning weather layer seam pocket strap buckle wool down nylon ' +
  'steel cork grip sole lace hood vent frame pole peg cord liner filter burner lid handle clip loop zip hem cuff'
).split(' ');

const steps = [
  'page',
  'Product List Viewed',
  'Product Viewed',
  'Product Viewed',
  'Product Clicked',
  'Product Added',
  'page',
  'Cart Viewed',
  'Checkout Started',
  'Order Completed',
] as const;

/** The events of one request as a browser's SDK sends them at `now`, each of 1 KB, in the course of a visit to a shop. */
export function eventsOf(request: SampleRequest, now: number): string[] {
  return Array.from({ length: request.events }, (_, index) => eventText(request, index, now));
}

function eventText(request: SampleRequest, index: number, now: number): string {
  const { person, visit, part, isKnown } = request;
  const place = (person * 40 + visit) * 4000 + part * 1000 + index;
  // One visitor in thirty buys, one in six fills a cart; the others look on.
  const reach = fraction(person, visit + 500);
  const most = reach < 0.033 ? steps.length : reach < 0.17 ? 6 : 5;
  const step = steps[index % most] ?? 'page';
  const at = now - (request.events - index) * EVENT_GAP_MS;
  const timestamp = new Date(at).toISOString();
  const product = products[place % products.length] as string;
  const path = `/products/${product.toLowerCase()}-${place % 97}`;
  const event = {
    type: step === 'page' ? 'page' : 'track',
    ...(step === 'page' ? { name: `${product} for every day` } : { event: step }),
    messageId: `ajs-next-${timestamp.slice(0, 10)}-${hex(place, 1)}-${hex(place, 2)}`,
    anonymousId: `${hex(person, 11)}-${hex(person, 12)}`,
    ...(isKnown && { userId: `customer-${person}` }),
    timestamp,
    context: {
      page: {
        path,
        referrer: 'https://www.example.com/',
        title: `${product} | Fernpath`,
        url: `https://fernpath.example${path}`,
      },
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      locale: 'en-US',
      timezone: 'Europe/Berlin',
      library: { name: 'analytics.js', version: 'npm:next-1.84.3' },
    },
    properties: propertiesOf(step, place, product),
  };
  return padded(event, place);
}

function propertiesOf(step: string, place: number, product: string): Record<string, unknown> {
  const item = {
    product_id: `p-${place % 97}`,
    name: product,
    category: 'Outdoor',
    price: 20 + (place % 80),
    quantity: 1,
  };
  if (step === 'Order Completed')
    return { order_id: `o-${place}`, currency: 'USD', total: item.price, products: [item] };
  return { ...item, currency: 'USD' };
}

/** Fills a text up with what shops tell of a product, in other words each time, to the size that is asked for. */
function padded(event: { readonly properties: Record<string, unknown> }, place: number): string {
  const text = JSON.stringify({ ...event, properties: { ...event.properties, description: '' } });
  const room = Math.max(0, EVENT_BYTES - Buffer.byteLength(text));
  let description = '';
  for (let at = 0; description.length < room; at += 1) description += `${wordAt(place, at)} `;
  description = description.slice(0, room);
  return JSON.stringify({ ...event, properties: { ...event.properties, description } });
}

const wordAt = (place: number, at: number) => words[Math.floor(fraction(place, at + 900) * words.length)] as string;

const hex = (one: number, other: number): string =>
  Math.floor(fraction(one, other) * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
