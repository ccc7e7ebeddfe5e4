import type { Arrival } from './arrivals.ts';
import { pageContext } from './arrivals.ts';
import { awayFromMidnight, SECOND } from './calendar.ts';
import { SHOP_URL } from './catalog.ts';
import type { Device, Route } from './devices.ts';
import { type Json, LANES, type Message, type OrderTruth, type Origin, profileKeyOf, type Truth } from './message.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';

interface Entry {
  readonly at: number;
  readonly type: Truth['type'];
  readonly name: string;
  readonly body: Json;
  readonly ids: { userId?: string; anonymousId?: string };
  readonly context?: Json;
  readonly route: Route;
  readonly skewMs?: number;
  readonly origin?: Origin;
  readonly entry?: boolean;
  readonly order?: OrderTruth;
  /** Ms by which the sending lags behind the event. */
  readonly lag?: number;
}

/** Collects the messages that one person's life with the shop gives off. */
export class Diary {
  readonly messages: Message[] = [];
  readonly person: Person;
  readonly random: Random;

  constructor(person: Person, random: Random) {
    this.person = person;
    this.random = random;
  }

  write(entry: Entry): void {
    const at = awayFromMidnight(Math.floor(entry.at));
    const truth: Truth = {
      type: entry.type,
      name: entry.name,
      profileKey: profileKeyOf(entry.ids),
      origin: entry.origin ?? 'none',
      entry: entry.entry ?? false,
      ...(entry.order === undefined ? {} : { order: entry.order }),
    };
    this.messages.push({
      sender: this.person.personId,
      lane: this.person.index % LANES,
      route: entry.route,
      sendAt: at + Math.floor(entry.lag ?? 0),
      at,
      clock: { skewMs: entry.skewMs ?? 0 },
      body: {
        type: entry.type,
        messageId: this.random.uuid(),
        ...entry.ids,
        ...entry.body,
        context: entry.context ?? {},
      },
      fate: { kind: 'accepted', truth },
      resent: false,
    });
  }

  /** An event that the shop's server tracks by itself, outside any visit. */
  serverTrack(at: number, event: string, properties: Json, ids: Entry['ids'], order?: OrderTruth): void {
    this.write({
      at,
      type: 'track',
      name: event,
      body: { event, properties },
      ids,
      route: 'node',
      ...(order === undefined ? {} : { order }),
    });
  }
}

/** One visit while it happens: knows the time, the page in view and who is logged in. */
export class VisitLog {
  readonly device: Device;
  userId: string | undefined;
  at: number;
  readonly #diary: Diary;
  readonly #origin: Origin;
  readonly #arrival: Arrival | undefined;
  readonly #lag: number;
  #page: Json | undefined;
  #begun = false;

  constructor(
    diary: Diary,
    device: Device,
    start: { at: number; arrival: Arrival | undefined; userId: string | undefined; lag: number },
  ) {
    this.#diary = diary;
    this.device = device;
    this.at = start.at;
    this.userId = start.userId;
    this.#arrival = start.arrival;
    this.#lag = start.lag;
    this.#origin = start.arrival?.channel ?? 'app';
  }

  get inApp(): boolean {
    return this.device.platform === 'app';
  }

  /** Ids that events of this visit carry now. */
  get ids(): { userId?: string; anonymousId: string } {
    const { anonymousId } = this.device;
    return this.userId === undefined ? { anonymousId } : { userId: this.userId, anonymousId };
  }

  /** Lets time pass: about so many seconds, at most ten minutes, so that the visit stays one session. */
  pause(meanSeconds: number): this {
    const seconds = Math.min(600, 1 + this.#diary.random.exponential(meanSeconds));
    this.at += Math.round(seconds * SECOND);
    return this;
  }

  /** A page of the web shop, or the app's screen of the same name. */
  open(path: string, title: string, category?: string): void {
    const entry = !this.#begun;
    this.#begun = true;
    if (this.inApp) {
      this.#write('screen', 'Screen Viewed', { name: title, properties: { path } }, { entry });
      return;
    }
    const previous = typeof this.#page?.url === 'string' ? this.#page.url : SHOP_URL;
    this.#page = pageContext(path, title, entry ? this.#arrival : undefined, previous);
    const properties = { ...this.#page, ...(category === undefined ? {} : { category }) };
    this.#write('page', 'Page Viewed', { name: title, properties }, { entry });
  }

  track(event: string, properties: Json, more: { order?: OrderTruth; byServer?: boolean } = {}): void {
    this.#write('track', event, { event, properties }, more);
  }

  identify(traits: Json): void {
    this.#write('identify', 'Identify', { traits }, {});
  }

  #write(
    type: Truth['type'],
    name: string,
    body: Json,
    more: { entry?: boolean; order?: OrderTruth; byServer?: boolean },
  ): void {
    const campaign = this.#page?.search ? this.#arrival?.campaign : undefined;
    const { byServer, ...rest } = more;
    this.#diary.write({
      at: this.at,
      type,
      name,
      body,
      ids: this.ids,
      context: {
        ...this.device.context,
        ...(this.#page === undefined ? {} : { page: this.#page }),
        ...(campaign === undefined ? {} : { campaign }),
      },
      route: byServer ? 'node' : this.device.route,
      skewMs: byServer ? 0 : this.device.skewMs,
      lag: byServer ? 0 : this.#lag,
      origin: this.#origin,
      ...rest,
    });
  }
}
