import { awayFromMidnight, DAY, MINUTE, SECOND } from './calendar.ts';
import { SHOP_URL, type Shop } from './catalog.ts';
import { crawlers, type Route } from './devices.ts';
import { hostileProperties, malformed } from './malformed.ts';
import { type Json, LANES, type Message, type Origin, profileKeyOf } from './message.ts';
import { productOf } from './money.ts';
import type { Random } from './random.ts';

interface Window {
  readonly from: number;
  readonly to: number;
}

const anyMoment = (window: Window, random: Random): number =>
  Math.floor(random.between(window.from + MINUTE, window.to - 30 * MINUTE));

const batchRoute = (random: Random): Route => random.pick(['rudder', 'batch']);

/** Robots that run the page's scripts: a new anonymous id each crawl, many pages in a row. */
export function crawl(shop: Shop, window: Window, random: Random): Message[] {
  return Array.from({ length: 36 }, (_, index) => {
    const visitor = newcomer(`bot-${index}`, 'bot', random, { userAgent: random.pick(crawlers), ip: '198.51.100.7' });
    let at = anyMoment(window, random);
    return Array.from({ length: random.integer(3, 6) }, () => {
      const item = random.pick(shop.items);
      at += random.integer(2, 20) * SECOND;
      return [
        visitor.page(at, new URL(item.url).pathname),
        visitor.track(at + 400, 'Product Viewed', productOf(item, 'USD', { currency: 'USD' })),
      ];
    }).flat();
  }).flat();
}

/** Devices whose messages claim 1970 or 2099 while their `sentAt` is right: their day cannot be known. */
export function brokenClocks(shop: Shop, window: Window, random: Random): Message[] {
  return Array.from({ length: 8 }, (_, index) => {
    const visitor = newcomer(`stuck-${index}`, 'none', random, {});
    const stuckAt = index % 2 === 0 ? '1970-01-01T00:00:12.000Z' : '2099-12-31T23:00:00.000Z';
    const at = anyMoment(window, random);
    const item = random.pick(shop.items);
    return [
      visitor.page(at, '/'),
      visitor.track(at + SECOND, 'Product Viewed', productOf(item, 'USD', { currency: 'USD' })),
    ].map((message) => ({ ...message, clock: { stuckAt }, route: 'rudder' as const }));
  }).flat();
}

/** Events with NUL, lone surrogates and prototype keys: accepted once they are cleaned. */
export function hostile(window: Window, random: Random): Message[] {
  return hostileProperties.flatMap((properties, index) =>
    [1, 2].map((copy) => {
      const visitor = newcomer(`hostile-${index}-${copy}`, 'none', random, {});
      return visitor.track(anyMoment(window, random), 'Form Submitted', properties);
    }),
  );
}

/** Reasons for which an event is turned down once it is read, so that alone, too, it is first answered 200. */
const foundLater: ReadonlySet<string> = new Set([
  'missing_ids',
  'missing_event_name',
  'missing_group_id',
  'missing_previous_id',
  'message_id_too_long',
  'wrong_type',
]);

/** Malformed items, thrice each kind, on their way among good ones; some also alone. */
export function brokenItems(window: Window, random: Random): Message[] {
  return malformed.flatMap(({ reason, make }, kind) =>
    [1, 2, 3].map((copy): Message => {
      const at = anyMoment(window, random);
      const sender = `bad-${kind}-${copy}`;
      return {
        sender,
        lane: random.integer(0, LANES - 1),
        route: copy === 3 && foundLater.has(reason) ? 'single' : batchRoute(random),
        sendAt: at,
        at,
        clock: { skewMs: 0 },
        body: make(`${sender}-${random.hex(8)}`),
        fate: { kind: 'failed', reason },
        resent: false,
      };
    }),
  );
}

/** A visitor outside the audience, with an anonymous id of its own. */
function newcomer(sender: string, origin: Origin, random: Random, context: Json) {
  const anonymousId = random.uuid();
  const lane = random.integer(0, LANES - 1);
  const route = batchRoute(random);
  const write = (moment: number, type: 'page' | 'track', name: string, body: Json): Message => {
    const at = awayFromMidnight(moment);
    const truth = { type, name, profileKey: profileKeyOf({ anonymousId }), origin, entry: false };
    return {
      sender,
      lane,
      route,
      sendAt: at,
      at,
      clock: { skewMs: 0 },
      body: { type, messageId: random.uuid(), anonymousId, ...body, context },
      fate: { kind: 'accepted', truth },
      resent: false,
    };
  };
  return {
    page: (at: number, path: string) =>
      write(at, 'page', 'Page Viewed', {
        name: 'Page',
        properties: { path, url: `${SHOP_URL}${path}`, title: 'Fernpath' },
      }),
    track: (at: number, event: string, properties: Json) => write(at, 'track', event, { event, properties }),
  };
}

/** Sends a share of the messages twice: at once in the same batch, or hours later. */
export function resend(messages: readonly Message[], random: Random): Message[] {
  return messages.flatMap((message) => {
    const retries = message.fate.kind === 'accepted' && message.route !== 'pixel' && random.chance(0.025);
    if (!retries) return [message];
    const later = random.chance(0.5) ? 0 : Math.floor(random.between(0.02, 0.9) * DAY);
    return [message, { ...message, sendAt: message.sendAt + later, resent: true }];
  });
}
