import { describe, expect, test } from 'vitest';
import { cleanEvent } from '../../../schemas/event/clean-event.ts';
import { failedEvent } from '../../../schemas/event/failed-event.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import {
  ARRIVAL,
  aGroup,
  anAlias,
  anEnvelope,
  anIdentify,
  anOrder,
  aPage,
  aRecord,
  aScreen,
  aTrack,
  DESKTOP_USER_AGENT,
} from '../../fixtures/events.ts';
import { cleanOne, eventOf, failOne, failureOf } from './clean-one.ts';

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

describe('reading records', () => {
  test('reads an envelope, with what it says of the request', () => {
    const envelope = anEnvelope([aTrack()], {
      sentAt: '2026-03-02T09:59:59Z',
      ip: '203.0.113.77',
      userAgent: DESKTOP_USER_AGENT,
    });

    const record = cleanRecord(aRecord(envelope, { arrivedAt: ARRIVAL + 500 }));

    expect(record).toMatchObject({
      sourceId: 'local',
      receivedAt: ARRIVAL,
      sentAt: ARRIVAL - 1000,
      ip: '203.0.113.0',
      userAgent: DESKTOP_USER_AGENT,
    });
    expect(eventOf(record.items[0])).toMatchObject({ sourceId: 'local', receivedAt: ARRIVAL, sentAt: ARRIVAL - 1000 });
    expect(eventOf(record.items[0]).visit).toMatchObject({ ip: '203.0.113.0', browser: 'Chrome' });
  });

  test('takes what a bare message leaves out from the stream', () => {
    const record = cleanRecord(aRecord(aTrack(), { arrivedAt: ARRIVAL + 500 }));

    expect(record).toMatchObject({ sourceId: 'stream', receivedAt: ARRIVAL + 500 });
    expect(record.items).toHaveLength(1);
  });

  test('reads an array of messages, each with its place', () => {
    const record = cleanRecord(aRecord([aTrack(), { type: 'track' }, aPage()]));

    expect(record.items.map((item) => [item.index, item.outcome.ok])).toEqual([
      [0, true],
      [1, false],
      [2, true],
    ]);
    expect(failureOf(record.items[1]).path).toBe('1.userId');
  });

  test('reads a record that begins with a byte order mark', () => {
    expect(cleanRecord(aRecord(`\ufeff${JSON.stringify(aTrack())}`)).items[0]?.outcome.ok).toBe(true);
  });

  test('keeps bytes that are not UTF-8 as base64', () => {
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);

    const failed = failureOf(cleanRecord(aRecord(bytes)).items[0]);

    expect(failed).toMatchObject({ reason: 'record_unreadable', path: '', payloadEncoding: 'base64', messageId: null });
    expect(Buffer.from(failed.payload ?? '', 'base64')).toEqual(bytes);
  });

  test('keeps text that is not JSON as text', () => {
    const failed = failureOf(cleanRecord(aRecord('{"type":"track",')).items[0]);

    expect(failed).toMatchObject({ reason: 'record_unreadable', payload: '{"type":"track",', payloadEncoding: 'text' });
  });

  test.each([
    ['a number', 5, ''],
    ['null', null, ''],
    ['an object that is neither', { hello: 1 }, 'kind'],
    ['another kind', { kind: 'consent', type: 'track' }, 'kind'],
    ['an empty array', [], ''],
    ['an envelope of another version', anEnvelope([aTrack()], { v: 2 as 1 }), 'v'],
    ['an envelope without messages', anEnvelope([]), 'events'],
    ['an envelope whose messages are none', { ...anEnvelope([]), events: 'x' }, 'events'],
    ['an envelope with a wrong source', anEnvelope([aTrack()], { sourceId: '' }), 'sourceId'],
    ['an envelope with a wrong time', anEnvelope([aTrack()], { receivedAt: 'soon' }), 'receivedAt'],
  ])('rejects %s as a record', (_name, payload, path) => {
    const record = cleanRecord(aRecord(payload));

    expect(record.items).toHaveLength(1);
    expect(failureOf(record.items[0])).toMatchObject({ reason: 'record_invalid', path, payloadEncoding: 'json' });
  });

  test('a bad message does no harm to its neighbours', () => {
    const good = [aTrack(), anOrder(), aPage()];
    const alone = cleanRecord(aRecord(anEnvelope(good))).items.map(eventOf);

    const mixed = cleanRecord(aRecord(anEnvelope([good[0], 7, good[1], { type: 'x' }, good[2]])));

    expect([0, 2, 4].map((at) => eventOf(mixed.items[at]))).toEqual(alone);
    expect([1, 3].map((at) => failureOf(mixed.items[at]).reason)).toEqual(['not_an_object', 'unknown_type']);
  });
});

describe('limits', () => {
  test('takes 32 levels and refuses 33', () => {
    const of = (levels: number) => aTrack({ properties: JSON.parse(nested(levels - 1)) });

    expect(cleanOne(of(32)).event).toBe('Product Viewed');
    expect(failOne(of(33))).toMatchObject({ reason: 'too_deep', path: 'events.0' });
  });

  test('keeps a message that is nested a hundred thousand levels deep', () => {
    const deep = nested(100_000);
    const text = `{"type":"track","event":"A","userId":"u","properties":${deep}}`;

    const record = cleanRecord(aRecord(`{"v":1,"kind":"events","events":[${text}]}`));

    expect(failureOf(record.items[0])).toMatchObject({ reason: 'too_deep', payload: text });
    expect(record.items[0]?.message).toBe(text);
  });

  test.each([
    ['ASCII', 'a', 1],
    ['text of three bytes a letter', '€', 3],
    ['control characters, which JSON escapes', '\u0001', 6],
  ])('takes 32 KB of %s and refuses a byte more', (_name, letter, bytes) => {
    const empty = Buffer.byteLength(JSON.stringify(aTrack({ messageId: 'm', properties: { x: '' } })));
    const room = 32 * 1024 - empty;
    const filled = letter.repeat(Math.floor(room / bytes)) + 'a'.repeat(room % bytes);

    expect(cleanOne(aTrack({ messageId: 'm', properties: { x: filled } })).event).toBe('Product Viewed');
    expect(failOne(aTrack({ messageId: 'm', properties: { x: `${filled}a` } })).reason).toBe('too_large');
  });

  test('refuses ids that are too long', () => {
    expect(cleanOne(aTrack({ userId: 'u'.repeat(256) })).userId).toHaveLength(256);
    expect(failOne(aTrack({ userId: 'u'.repeat(257) }))).toMatchObject({
      reason: 'id_too_long',
      path: 'events.0.userId',
    });
    expect(failOne(aTrack({ messageId: 'm'.repeat(101) }))).toMatchObject({
      reason: 'message_id_too_long',
      path: 'events.0.messageId',
      messageId: null,
    });
  });

  test('lists at most a hundred changes, and says that there are more', () => {
    const { changes } = cleanOne(aTrack({ properties: { list: Array.from({ length: 500 }, () => ' x') } }));

    expect(changes).toHaveLength(101);
    expect(changes.at(-1)).toEqual({ path: '', rule: 'more_changes_not_listed' });
  });
});

describe('ids', () => {
  test('makes the same messageId for the same place of the stream', () => {
    const record = aRecord([aTrack({ messageId: undefined }), aTrack({ messageId: null })]);

    const ids = () => cleanRecord(record).items.map((item) => eventOf(item).messageId);

    expect(ids()).toEqual([
      `shardId-000000000000-${record.sequenceNumber}-0`,
      `shardId-000000000000-${record.sequenceNumber}-1`,
    ]);
    expect(ids()).toEqual(ids());
  });

  test('numbers become text, and their values are not noted', () => {
    const event = cleanOne(anIdentify({ userId: 17, anonymousId: 18, messageId: 19 }));

    expect(event).toMatchObject({ userId: '17', anonymousId: '18', messageId: '19', profileKey: 'user:17' });
    expect(event.changes.filter((change) => change.rule === 'number_to_text')).toEqual([
      { path: 'messageId', rule: 'number_to_text' },
      { path: 'userId', rule: 'number_to_text' },
      { path: 'anonymousId', rule: 'number_to_text' },
    ]);
  });

  test('an empty userId is none, as RudderStack sends it', () => {
    expect(cleanOne(aTrack({ userId: '', anonymousId: 'a-1' }))).toMatchObject({
      userId: undefined,
      profileKey: 'anonymous:a-1',
    });
  });
});

describe('what each type brings', () => {
  test.each([
    [
      'identify',
      anIdentify(),
      { event: 'Identify', traits: { email: 'jane@example.com', plan: 'pro' }, properties: {} },
    ],
    ['page', aPage(), { event: 'Page Viewed', name: 'Home', traits: {} }],
    ['screen', aScreen(), { event: 'Screen Viewed', name: 'Basket', properties: { tab: 'basket' } }],
    ['group', aGroup(), { event: 'Group', groupId: 'group-1', traits: { name: 'Acme', employees: 12 } }],
    ['alias', anAlias(), { event: 'Alias', previousId: 'anon-1', userId: 'user-1' }],
    ['track', aTrack({ event: 'Video Played' }), { event: 'Video Played', flags: ['event_unknown'], name: undefined }],
  ])('%s', (type, message, expected) => {
    expect(cleanOne(message)).toMatchObject({ type, ...expected });
  });

  test('a page brings its address in the properties', () => {
    const message = aPage({
      properties: { url: 'https://shop.example/a?utm_source=x', title: 'A', referrer: 'https://b.test/' },
    });

    expect(cleanOne(message).visit).toMatchObject({
      pageUrl: 'https://shop.example/a?utm_source=x',
      pagePath: '/a',
      pageHost: 'shop.example',
      pageTitle: 'A',
      referrerHost: 'b.test',
      utmSource: 'x',
    });
  });

  test("a product's url is not the page's", () => {
    expect(
      cleanOne(aTrack({ properties: { product_id: 'p', url: 'https://shop.example/p' } })).visit.pageUrl,
    ).toBeUndefined();
  });

  test('source and medium of a campaign are compared in lower case, its name stays', () => {
    const context = {
      page: {
        url: 'https://a.test/?utm_source=Google&utm_medium=CPC&utm_campaign=Spring+Sale%21&utm_term=Mug&utm_content=A',
      },
    };

    expect(cleanOne(aTrack({ context })).visit).toMatchObject({
      utmSource: 'google',
      utmMedium: 'cpc',
      utmCampaign: 'Spring Sale!',
      utmTerm: 'Mug',
      utmContent: 'A',
    });
  });

  test('an identify without traits takes those of its context, where RudderStack puts them', () => {
    const event = cleanOne(anIdentify({ traits: null, context: { traits: { plan: 'pro' } } }));

    expect(event.traits).toEqual({ plan: 'pro' });
    expect(event.changes).toContainEqual({ path: 'traits', rule: 'traits_from_context' });
  });

  test('e-mail addresses are in lower case, and the change does not tell them', () => {
    const event = cleanOne(
      anIdentify({ traits: { email: ' Jane@Example.COM' }, context: { traits: { email: 'JANE@b.test' } } }),
    );

    expect(event.traits).toEqual({ email: 'jane@example.com' });
    expect(event.context).toEqual({ traits: { email: 'jane@b.test' } });
    expect(event.changes).toEqual([
      { path: 'traits.email', rule: 'trim' },
      { path: 'context.traits.email', rule: 'lower_case' },
      { path: 'traits.email', rule: 'lower_case' },
    ]);
  });

  test('the message as received is left as it was', () => {
    const message = anIdentify({ traits: { email: ' Jane@Example.COM' } });

    expect(cleanRecord(aRecord(anEnvelope([message]))).items[0]?.message).toEqual(message);
  });
});

describe('sanitising', () => {
  test('replaces NUL and lone surrogates, in keys too', () => {
    const event = cleanOne(aTrack({ properties: { note: 'a\u0000b', '\ud800k': ['\udc00', '😀'] } }));

    expect(event.properties).toEqual({ note: 'a\ufffdb', '\ufffdk': ['\ufffd', '😀'] });
    expect(event.changes.map(({ path, rule }) => [path, rule])).toEqual([
      ['properties.note', 'replace_unstorable'],
      ['properties.\ufffdk', 'replace_unstorable'],
      ['properties.\ufffdk.0', 'replace_unstorable'],
    ]);
  });

  test('drops keys of prototypes', () => {
    const text =
      '{"type":"track","event":"A","userId":"u","messageId":"m","__proto__":{"type":"x"},"properties":{"__proto__":{"admin":true},"constructor":1,"a":{"prototype":2,"b":3}}}';

    const event = eventOf(cleanRecord(aRecord(text)).items[0]);

    expect(JSON.stringify(event.properties)).toBe('{"a":{"b":3}}');
    expect(Object.getPrototypeOf(event.properties)).toBe(Object.prototype);
    expect(event.changes.map(({ path, rule }) => [path, rule])).toEqual([
      ['__proto__', 'drop_prototype_key'],
      ['properties.__proto__', 'drop_prototype_key'],
      ['properties.constructor', 'drop_prototype_key'],
      ['properties.a.prototype', 'drop_prototype_key'],
    ]);
  });

  test('drops keys of prototypes that are spelt by escapes', () => {
    const text = '{"type":"track","event":"A","userId":"u","properties":{"__pro\\u0074o__":{"admin":true}}}';

    expect(Object.keys(eventOf(cleanRecord(aRecord(text)).items[0]).properties)).toEqual([]);
  });

  test('takes spaces off, and keeps arrays and objects', () => {
    const event = cleanOne(
      aTrack({ event: ' Order Completed ', properties: { order_id: ' o-1\n', list: [' a', { b: 'c ' }] } }),
    );

    expect(event.event).toBe('Order Completed');
    expect(event.commerce.orderId).toBe('o-1');
    expect(event.properties).toEqual({ order_id: 'o-1', list: ['a', { b: 'c' }] });
  });

  test('a number beyond JSON becomes null', () => {
    const event = eventOf(
      cleanRecord(aRecord('{"type":"track","event":"A","userId":"u","messageId":"m","properties":{"x":1e400}}'))
        .items[0],
    );

    expect(event.properties).toEqual({ x: null });
    expect(event.changes).toEqual([{ path: 'properties.x', rule: 'drop_infinite_number' }]);
  });
});

describe('outliers are flagged and kept', () => {
  test.each([
    ['a negative price', { price: -1 }, 'price_outlier'],
    ['a price above 100,000', { price: 100_000.01 }, 'price_outlier'],
    ['a quantity of zero', { quantity: 0 }, 'quantity_outlier'],
    ['half a quantity', { quantity: 0.5 }, 'quantity_outlier'],
    ['a quantity above 1,000', { quantity: 1001 }, 'quantity_outlier'],
    ['a negative amount', { value: -1 }, 'amount_outlier'],
    ['an amount above 1,000,000', { value: 1_000_001 }, 'amount_outlier'],
  ])('%s', (_name, properties, flag) => {
    const event = cleanOne(aTrack({ properties: { product_id: 'p', currency: 'USD', ...properties } }));
    expect(event.flags).toContain(flag);
  });

  test('values at the bounds are not flagged', () => {
    const properties = { product_id: 'p', currency: 'USD', price: 100_000, quantity: 1000, value: 1_000_000 };
    expect(cleanOne(aTrack({ properties })).flags).toEqual([]);
  });

  test('an unknown currency is kept', () => {
    const event = cleanOne(aTrack({ properties: { product_id: 'p', currency: 'XXQ' } }));
    expect([event.commerce.currency, event.flags]).toEqual(['XXQ', ['currency_unknown']]);
  });
});

describe('what comes out fits its schema', () => {
  test.each([aTrack(), anOrder(), anIdentify(), aPage(), aScreen(), aGroup(), anAlias()])('$type', (message) => {
    expect(() => cleanEvent.parse(cleanOne(message, { userAgent: DESKTOP_USER_AGENT }))).not.toThrow();
  });

  test('a failed event', () => {
    expect(() => failedEvent.parse(failOne({ type: 'x', messageId: 5 }))).not.toThrow();
  });
});
