import { TRIAL_LEAD_MS } from './client.ts';
import type { Json, Message } from './message.ts';

/**
 * What must come of the messages, folded in the plainest way and by nothing of the product's own code, so that both cannot
 * be wrong alike. Amounts are whole numbers of 1/10,000 unit, times are milliseconds since 1970.
 */
export interface Ledger {
  /** By message id. */
  readonly events: Map<string, EventTruth>;
  /** Reasons of what must fail, by message id. */
  readonly failed: Map<string, string>;
  /** By the key that the person is at home under. */
  readonly persons: Map<string, PersonTruth>;
}

export interface EventTruth {
  /** `user:x` or `anonymous:x`. */
  readonly key: string;
  readonly event: string;
  person: string;
}

export interface PersonTruth {
  events: number;
  readonly byName: Map<string, number>;
  /** Sums of what events of a name are worth, by `<name> <currency>`. */
  readonly values: Map<string, number>;
  readonly anonymousIds: Set<string>;
  readonly traits: Map<string, { readonly value: unknown; readonly time: number }>;
  readonly orders: Map<string, OrderTruth>;
  firstSeen: number;
  lastSeen: number;
  /** Orders completed for 100 or more. */
  bigOrders: number;
  /** Latest moment at which a trial was surely stored, and the moment at which its window ends. */
  trial: { readonly storedBy: number; readonly endsAt: number } | undefined;
}

export interface OrderTruth {
  isCompleted: boolean;
  isCancelled: boolean;
  isPaidBackWhole: boolean;
  amount: number;
  refunds: number;
  currency: string;
}

/** What orders come to, by currency. */
export interface Money {
  revenue: number;
  refunded: number;
  cancelled: number;
}

/** Keeps the book of messages that must have arrived. Each counts once, whatever number of copies was sent. */
export class Bookkeeper {
  readonly #ledger: Ledger = { events: new Map(), failed: new Map(), persons: new Map() };
  /** The key that each key's person is at home under, step by step. */
  readonly #parents = new Map<string, string>();
  /** Held back until it is known who is whose. */
  readonly #held: { readonly message: Message; readonly storedBy: number }[] = [];

  add(message: Message, storedBy: number): void {
    if (message.fails !== undefined) {
      this.#ledger.failed.set(message.id, message.fails);
      return;
    }
    for (const [child, parent] of linksOf(message.body)) this.#parents.set(child, parent);
    this.#held.push({ message, storedBy });
  }

  /** Counts what was added, once all that links its people was. */
  close(): void {
    for (const { message, storedBy } of this.#held.splice(0)) this.#count(message, storedBy);
  }

  ledger(): Ledger {
    this.close();
    return this.#ledger;
  }

  #homeOf(key: string): string {
    let home = key;
    for (let next = this.#parents.get(home); next !== undefined; next = this.#parents.get(home)) home = next;
    return home;
  }

  #count({ id, body }: Message, storedBy: number): void {
    const key = typeof body.userId === 'string' ? `user:${body.userId}` : `anonymous:${body.anonymousId}`;
    const home = this.#homeOf(key);
    const name = nameOf(body);
    this.#ledger.events.set(id, { key, event: name, person: home });
    const person = this.#ledger.persons.get(home) ?? nobody();
    this.#ledger.persons.set(home, person);

    const time = Date.parse(String(body.timestamp));
    const properties = (body.properties ?? {}) as Json;
    person.events += 1;
    add(person.byName, name, 1);
    person.firstSeen = Math.min(person.firstSeen, time);
    person.lastSeen = Math.max(person.lastSeen, time);
    if (typeof body.anonymousId === 'string') person.anonymousIds.add(body.anonymousId);
    for (const [trait, value] of Object.entries((body.traits ?? {}) as Json)) {
      const known = person.traits.get(trait);
      if (known === undefined || time > known.time) person.traits.set(trait, { value, time });
    }
    // A product that was looked at is worth its price, in the currency that is used where none is named.
    const { total = properties.price, currency = 'USD' } = properties;
    if (typeof total === 'number') add(person.values, `${name} ${currency}`, units(total));
    if (name.startsWith('Order ')) countOrder(person, name, properties);
    if (name === 'Trial Started') person.trial = { storedBy, endsAt: time + TRIAL_WINDOW_MS };
  }
}

const TRIAL_WINDOW_MS = 2 * 86_400_000;

/** A trial that was stored so long before its end is surely noticed; whether another one is, nobody can say. */
export const isSurelyNoticed = ({ storedBy, endsAt }: { storedBy: number; endsAt: number }): boolean =>
  endsAt - storedBy > TRIAL_LEAD_MS / 2;

export function moneyOf({ orders }: PersonTruth): Map<string, Money> {
  const money = new Map<string, Money>();
  for (const order of orders.values()) {
    if (!order.isCompleted && order.refunds === 0) continue;
    const sum = money.get(order.currency) ?? { revenue: 0, refunded: 0, cancelled: 0 };
    const revenue = order.isCompleted ? order.amount : 0;
    const refunded = Math.max(order.refunds, order.isPaidBackWhole ? revenue : 0);
    sum.revenue += revenue;
    sum.refunded += refunded;
    if (order.isCancelled) sum.cancelled += Math.max(0, revenue - refunded);
    money.set(order.currency, sum);
  }
  return money;
}

const nobody = (): PersonTruth => ({
  events: 0,
  byName: new Map(),
  values: new Map(),
  anonymousIds: new Set(),
  traits: new Map(),
  orders: new Map(),
  firstSeen: Number.POSITIVE_INFINITY,
  lastSeen: 0,
  bigOrders: 0,
  trial: undefined,
});

/** Which key is said to belong to which. */
function linksOf({ type, userId, anonymousId, previousId, traits }: Json): [child: string, parent: string][] {
  const email = (traits as Json | undefined)?.email;
  const external = typeof email === 'string' ? `email:${email.toLowerCase()}` : undefined;
  if (type === 'alias') return [[`user:${previousId}`, `user:${userId}`]];
  if (type !== 'identify') return [];
  if (userId === undefined) return external === undefined ? [] : [[`anonymous:${anonymousId}`, external]];
  const children = [anonymousId === undefined ? undefined : `anonymous:${anonymousId}`, external];
  return children.flatMap((child) => (child === undefined ? [] : [[child, `user:${userId}`]]));
}

const names: Readonly<Record<string, string>> = { page: 'Page Viewed', identify: 'Identify', alias: 'Alias' };

const nameOf = ({ type, event }: Json): string => names[String(type)] ?? String(event);

function countOrder(person: PersonTruth, name: string, { order_id, total, currency }: Json): void {
  const id = String(order_id);
  const order = person.orders.get(id) ?? {
    isCompleted: false,
    isCancelled: false,
    isPaidBackWhole: false,
    amount: 0,
    refunds: 0,
    currency: '',
  };
  person.orders.set(id, order);
  if (typeof currency === 'string') order.currency = currency;
  const amount = typeof total === 'number' ? units(total) : undefined;
  if (name === 'Order Cancelled') order.isCancelled = true;
  else if (name === 'Order Refunded' && amount === undefined) order.isPaidBackWhole = true;
  else if (name === 'Order Refunded') order.refunds += amount ?? 0;
  else {
    order.isCompleted = true;
    order.amount = amount ?? 0;
    if (Number(total) >= 100) person.bigOrders += 1;
  }
}

const units = (amount: number): number => Math.round(amount * 10_000);

function add(to: Map<string, number>, key: string, by: number): void {
  to.set(key, (to.get(key) ?? 0) + by);
}
