import type { Random } from '../demo/random.ts';
import type { Ids, Json, Message } from './message.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Lives begin so long before the run, and end long before it: no window of a segment closes by chance meanwhile. */
const BEGINS_DAYS_BEFORE = 20;
const MOST_LIFE_MS = 8 * DAY;

const categories = ['Tents', 'Boots', 'Stoves', 'Packs', 'Lamps'] as const;
const currencies = ['EUR', 'USD', 'JPY'] as const;
const plans = ['free', 'basic', 'pro'] as const;

/** What somebody does, from the first event on. Each event has a time of its own, minutes after the one before. */
class Diary {
  readonly messages: Message[] = [];
  readonly #random: Random;
  readonly #name: string;
  /** Longest time from one event to the next, in milliseconds. */
  readonly #apart: number;
  #time: number;
  #orders = 0;

  constructor(random: Random, name: string, startedAt: number, apart = 60 * MINUTE) {
    this.#random = random;
    this.#name = name;
    this.#apart = apart;
    this.#time = startedAt - BEGINS_DAYS_BEFORE * DAY;
  }

  write(body: Json, more: Pick<Message, 'isTrial'> = {}): void {
    this.#time += Math.ceil(this.#random.between(1 / 6, 1) * this.#apart);
    const id = `${this.#name}-${this.messages.length}`;
    const timestamp = new Date(this.#time).toISOString();
    this.messages.push({ id, body: { ...body, messageId: id, timestamp }, ...more });
  }

  track(ids: Ids, event: string, properties: Json = {}, more: Pick<Message, 'isTrial'> = {}): void {
    this.write({ type: 'track', ...ids, event, properties }, more);
  }

  look(ids: Ids, times: number): void {
    for (let time = 0; time < times; time += 1) {
      const product = this.#random.integer(1, 40);
      const category = categories[product % categories.length];
      if (this.#random.chance(0.3))
        this.write({ type: 'page', ...ids, name: 'Product', properties: { path: `/p/${product}` } });
      else this.track(ids, 'Product Viewed', { product_id: `p-${product}`, category, price: product + 0.95 });
    }
  }

  logIn(userId: string, anonymousId: string): void {
    this.write({ type: 'identify', userId, anonymousId, traits: { plan: this.#random.pick(plans) } });
  }

  changePlan(userId: string): void {
    this.write({
      type: 'identify',
      userId,
      traits: { plan: this.#random.pick(plans), visits: this.#random.integer(1, 99) },
    });
  }

  /** An order, now and then told twice, paid back in part or whole, or cancelled. */
  order(ids: Ids): void {
    const random = this.#random;
    this.#orders += 1;
    const order_id = `o-${this.#name}-${this.#orders}`;
    const currency = random.pick(currencies);
    const cents = currency === 'JPY' ? random.integer(5, 400) * 100 : random.integer(500, 40_000);
    const total = cents / 100;
    const products = [{ product_id: `p-${random.integer(1, 40)}`, price: total, quantity: 1 }];
    this.track(ids, 'Order Completed', { order_id, currency, total, products });
    if (random.chance(0.1)) this.track(ids, 'Order Completed', { order_id, currency, total, products });
    if (random.chance(0.2))
      this.track(ids, 'Order Refunded', { order_id, currency, total: Math.floor(cents / 2) / 100 });
    if (random.chance(0.05)) this.track(ids, 'Order Refunded', { order_id, currency });
    if (random.chance(0.05)) this.track(ids, 'Order Cancelled', { order_id });
  }
}

type Life = (diary: Diary, random: Random, name: string) => void;

const lives: Readonly<Record<string, Life>> = {
  visitor: (diary, random, name) => diary.look({ anonymousId: `a-${name}` }, random.integer(1, 6)),

  customer: (diary, random, name) => {
    const userId = `u-${name}`;
    for (let device = 0; device < random.integer(1, 2); device += 1) {
      const anonymousId = `a-${name}-${device}`;
      diary.look({ anonymousId }, random.integer(0, 4));
      if (random.chance(0.3)) diary.order({ anonymousId });
      diary.logIn(userId, anonymousId);
      diary.look({ userId, anonymousId }, random.integer(0, 3));
      if (random.chance(0.6)) diary.order({ userId, anonymousId });
    }
    if (random.chance(0.5)) diary.changePlan(userId);
    if (random.chance(0.3)) diary.order({ userId });
  },

  /** Comes under one name and goes on under another. */
  renamed: (diary, random, name) => {
    const [old, now] = [`old-${name}`, `u-${name}`];
    diary.look({ userId: old }, random.integer(1, 3));
    diary.changePlan(old);
    if (random.chance(0.5)) diary.order({ userId: old });
    diary.write({ type: 'alias', previousId: old, userId: now });
    diary.look({ userId: now }, random.integer(0, 3));
    if (random.chance(0.3)) diary.look({ userId: old }, 1);
    if (random.chance(0.5)) diary.order({ userId: now });
  },

  /** Leaves an e-mail address first, and is a user later, or never. */
  reader: (diary, random, name) => {
    const email = `${name}@example.org`;
    const [phone, laptop] = [`a-${name}-phone`, `a-${name}-laptop`];
    diary.look({ anonymousId: phone }, random.integer(0, 2));
    diary.write({ type: 'identify', anonymousId: phone, traits: { email } });
    diary.write({ type: 'identify', anonymousId: laptop, traits: { email: email.toUpperCase() } });
    diary.look({ anonymousId: laptop }, random.integer(1, 3));
    if (random.chance(0.7))
      diary.write({ type: 'identify', userId: `u-${name}`, traits: { email, plan: random.pick(plans) } });
  },

  /** Is in a segment until time alone ends that. */
  trial: (diary, random, name) => {
    const userId = `u-${name}`;
    diary.look({ userId }, random.integer(0, 2));
    diary.track({ userId }, 'Trial Started', {}, { isTrial: true });
    diary.look({ userId }, random.integer(0, 2));
  },

  /** Comes again and again. */
  regular: (diary, random, name) => {
    const userId = `u-${name}`;
    for (let visit = 0; visit < 12; visit += 1) {
      diary.look({ userId }, random.integer(2, 5));
      if (random.chance(0.15)) diary.order({ userId });
      if (random.chance(0.1)) diary.changePlan(userId);
    }
  },
};

const shares = { visitor: 0.25, customer: 0.35, renamed: 0.12, reader: 0.12, trial: 0.08, regular: 0.08 };

/**
 * One key that every batch has some of, sent by many at once: whoever writes its profile finds that others do. Its ids
 * begin with `hot`.
 */
export function hotLife(random: Random, name: string, startedAt: number, events: number): Message[] {
  const diary = new Diary(random, `hot-${name}`, startedAt, MOST_LIFE_MS / events);
  const userId = `u-hot-${name}`;
  while (diary.messages.length < events) {
    const what = random.among({ order: 1, changePlan: 1, look: 8 });
    if (what === 'order') diary.order({ userId });
    else if (what === 'changePlan') diary.changePlan(userId);
    else diary.look({ userId }, 1);
  }
  return diary.messages.slice(0, events);
}

/** All that somebody sends, in the order of its times. `name` is part of each id. */
export function lifeOf(random: Random, name: string, startedAt: number): Message[] {
  const diary = new Diary(random, name, startedAt);
  lives[random.among(shares)]?.(diary, random, name);
  return diary.messages;
}
