import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { anEnvelope, aRecord, DESKTOP_USER_AGENT, type Message, nextMessageId } from '../../fixtures/events.ts';

const YEAR = '2026';
const TODAY = '03-02';

/** Milliseconds of `HH:MM`, `HH:MM:SS` or `HH:MM:SS.mmm` on 2026-03-02, or of the same after `MM-DD `. UTC. */
export function moment(time: string): number {
  const [clock = '', day = TODAY] = time.split(' ').reverse();
  const [, hours = '', minutes = '', seconds = '00', millis = '000'] =
    /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{3}))?)?$/.exec(clock) ?? [];
  const parsed = Date.parse(`${YEAR}-${day}T${hours}:${minutes}:${seconds}.${millis}Z`);
  if (Number.isNaN(parsed)) throw new Error(`A moment is '09:00', '09:00:30' or '03-05 09:00'; got '${time}'`);
  return parsed;
}

/** Something that happened, as the stream brings it. */
export interface Happening {
  readonly arrivedAt: number;
  readonly payload: unknown;
}

/** More of a message: any field; `arrives` for one that comes late, `source` for one of another source. */
export interface More extends Message {
  readonly arrives?: string;
  readonly source?: string;
}

/** `ada` is a user, `?x` an anonymous visitor, `ada?x` both. */
function idsOf(who: string): Message {
  const [userId, anonymousId] = who.split('?');
  return { ...(userId ? { userId } : {}), ...(anonymousId ? { anonymousId } : {}) };
}

function happening(who: string, time: string, { arrives, source, ...message }: More): Happening {
  const arrivedAt = moment(arrives ?? time);
  const event = { messageId: nextMessageId(), ...idsOf(who), timestamp: new Date(moment(time)).toISOString() };
  const over = {
    receivedAt: new Date(arrivedAt).toISOString(),
    userAgent: DESKTOP_USER_AGENT,
    ...(source === undefined ? {} : { sourceId: source }),
  };
  return { arrivedAt, payload: anEnvelope([{ ...event, ...message }], over) };
}

const SHOP = 'https://shop.example';

/** A page of the shop, by its path and, after `?`, its query; `from` is the referring page. */
export function page(who: string, time: string, address: string, more: More & { from?: string } = {}): Happening {
  const { from, ...message } = more;
  const url = new URL(address, SHOP);
  const properties = {
    path: url.pathname,
    url: url.href,
    title: `Title of ${url.pathname}`,
    ...(from ? { referrer: from } : {}),
  };
  return happening(who, time, { type: 'page', name: 'Page', properties, ...message });
}

export const screen = (who: string, time: string, name: string, more: More = {}): Happening =>
  happening(who, time, { type: 'screen', name, properties: {}, ...more });

/** The shop's own page as the one that referred. */
export const onSite = `${SHOP}/`;

export const track = (who: string, time: string, event: string, properties: Message = {}, more: More = {}): Happening =>
  happening(who, time, { type: 'track', event, properties, ...more });

export const identify = (who: string, time: string, traits: Message = {}, more: More = {}): Happening =>
  happening(who, time, { type: 'identify', traits, ...more });

/** An Order Completed with nothing but its total in USD, unless `properties` say more. */
export const order = (
  who: string,
  time: string,
  id: string,
  total: number,
  properties: Message = {},
  more: More = {},
) => track(who, time, 'Order Completed', { order_id: id, total, currency: 'USD', ...properties }, more);

/** All that came under the first key is the person's of the second: `merge('?x', 'ada')`. */
export function merge(child: string, parent: string, time = '23:00', moves = 1): Happening {
  const keyOf = (who: string) => (who.startsWith('?') ? `anonymous:${who.slice(1)}` : `user:${who}`);
  const at = moment(time);
  const items = [{ profileKey: keyOf(child), parentKey: keyOf(parent), moves, time: at }];
  return { arrivedAt: at, payload: { v: 1, kind: 'identities', items } };
}

/** What happened as records of the stream, by the day of their arrival. */
export function recordsByDay(happenings: readonly Happening[]): ReceivedRecord[][] {
  const days = Map.groupBy(happenings, ({ arrivedAt }) => new Date(arrivedAt).toISOString().slice(0, 10));
  return [...days.values()].map((day) => day.map(({ arrivedAt, payload }) => aRecord(payload, { arrivedAt })));
}
