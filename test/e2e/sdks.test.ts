import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { Analytics } from '@segment/analytics-node';
import { build } from 'esbuild';
import { JSDOM, VirtualConsole } from 'jsdom';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { type Headwater, startHeadwater, WRITE_KEY } from './headwater.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});

afterAll(() => headwater?.stop());

/** The lake's rows of a person, in the order in which they happened. */
async function landed(column: 'user_id' | 'anonymous_id', id: string) {
  return headwater.query(
    `SELECT type, event, message_id, user_id, anonymous_id FROM events WHERE ${column} = '${id}' ORDER BY event_time, message_id`,
  );
}

async function expectOnceEach(column: 'user_id' | 'anonymous_id', id: string, events: readonly string[]) {
  // A client may still be sending, and says no more than that it was told to.
  await eventually(async () => (await arrivals(column, id)) >= events.length);
  const rows = await landed(column, id);
  expect(rows.map(({ event }) => event).sort()).toEqual([...events].sort());
  expect(new Set(rows.map(({ message_id }) => message_id)).size).toBe(events.length);
}

test('@segment/analytics-node delivers each kind of event once', async () => {
  const analytics = new Analytics({ writeKey: WRITE_KEY, host: headwater.url, flushAt: 4 });
  const errors: unknown[] = [];
  analytics.on('error', (error) => errors.push(error));
  analytics.identify({ userId: 'node-1', traits: { email: 'Ada@Example.com', plan: 'gold' } });
  analytics.track({ userId: 'node-1', event: 'Product Viewed', properties: { product_id: 'p-1', price: 10 } });
  analytics.track({
    userId: 'node-1',
    event: 'Order Completed',
    properties: { order_id: 'o-1', total: 19.9, currency: 'EUR', products: [{ product_id: 'p-1', quantity: 2 }] },
  });
  analytics.page({ userId: 'node-1', name: 'Home', properties: { url: 'https://shop.example/' } });
  analytics.screen({ userId: 'node-1', name: 'Cart' });
  analytics.group({ userId: 'node-1', groupId: 'g-1', traits: { name: 'Alpine Club' } });
  await analytics.closeAndFlush();

  await expectOnceEach('user_id', 'node-1', [
    'Identify',
    'Product Viewed',
    'Order Completed',
    'Page Viewed',
    'Screen Viewed',
    'Group',
  ]);
  expect(errors).toEqual([]);
  expect(await headwater.profile('node-1')).toMatchObject({
    userId: 'node-1',
    traits: { email: 'ada@example.com', plan: 'gold' },
    computed: { orders: { count: 1 } },
  });
});

test('@segment/analytics-next delivers from a browser, by settings and CORS preflight', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { AnalyticsBrowser } from '@segment/analytics-next'; window.AnalyticsBrowser = AnalyticsBrowser;`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const complaints: string[] = [];
  const virtualConsole = new VirtualConsole();
  virtualConsole.on('jsdomError', (error) => complaints.push(String(error)));
  const browser = new JSDOM('<!doctype html><title>Shop</title>', {
    url: 'http://shop.example/tents?utm_source=news&utm_medium=email',
    runScripts: 'outside-only',
    pretendToBeVisual: true,
    virtualConsole,
  });
  browser.window.eval(outputFiles[0]?.text ?? '');
  const [analytics] = await browser.window.AnalyticsBrowser.load({ writeKey: WRITE_KEY, cdnURL: headwater.url });
  await analytics.page('Tents');
  await analytics.track('Product Viewed', { product_id: 'p-2', price: 129.9 });
  await analytics.identify('next-1', { plan: 'free' });
  await analytics.track('Product Added', { product_id: 'p-2' });
  const anonymousId = analytics.user().anonymousId();
  await eventually(async () => (await arrivals('anonymous_id', anonymousId)) >= 4);
  browser.window.close();

  await expectOnceEach('anonymous_id', anonymousId, ['Page Viewed', 'Product Viewed', 'Identify', 'Product Added']);
  expect(complaints).toEqual([]);
  expect(await headwater.profile('next-1')).toMatchObject({ userId: 'next-1', anonymousIds: [anonymousId] });
  const known = { userId: 'next-1', computed: { eventCount: 4 } };
  expect(await headwater.profile(`anonymous:${anonymousId}`)).toMatchObject(known);
});

async function arrivals(column: 'user_id' | 'anonymous_id', id: string): Promise<number> {
  await headwater.settled();
  return (await landed(column, id)).length;
}

test('@rudderstack/rudder-sdk-node delivers gzip under a form content type', async () => {
  const analytics = new RudderAnalytics(WRITE_KEY, { dataPlaneUrl: headwater.url, flushAt: 2 });
  analytics.identify({ userId: 'rudder-1', traits: { plan: 'silver' } });
  analytics.track({ userId: 'rudder-1', event: 'Product Viewed', properties: { product_id: 'p-3' } });
  analytics.track({ userId: 'rudder-1', event: 'Product Added', properties: { product_id: 'p-3' } });
  await new Promise((resolve) => analytics.flush(resolve));

  await expectOnceEach('user_id', 'rudder-1', ['Identify', 'Product Viewed', 'Product Added']);
  expect(await headwater.profile('rudder-1')).toMatchObject({ traits: { plan: 'silver' } });
});

test('the pixel delivers', async () => {
  const data = Buffer.from(
    JSON.stringify({ writeKey: WRITE_KEY, userId: 'pixel-1', event: 'Email Opened', properties: { email_id: 'm-1' } }),
  ).toString('base64');
  const answer = await fetch(`${headwater.url}/v1/pixel/track?data=${encodeURIComponent(data)}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('image/gif');
  await expectOnceEach('user_id', 'pixel-1', ['Email Opened']);
  expect(await headwater.profile('pixel-1')).toMatchObject({ userId: 'pixel-1' });
});
