import { keepLedger } from './bookkeeping.ts';
import { DAY } from './calendar.ts';
import { type CatalogItem, stockShop } from './catalog.ts';
import { type Delivery, pack } from './deliveries.ts';
import { soil } from './dirt.ts';
import type { Ledger } from './ledger.ts';
import { live } from './life.ts';
import { planNewsletters } from './newsletters.ts';
import { makePerson, type Person } from './people.ts';
import { truthOf } from './people-truth.ts';
import { type Random, streamOf } from './random.ts';
import { refusals } from './refusals.ts';
import { brokenClocks, brokenItems, crawl, hostile, resend } from './strangers.ts';

export interface Store {
  readonly catalog: readonly CatalogItem[];
  readonly people: readonly Person[];
  /** In the order of sending within each lane. */
  readonly deliveries: readonly Delivery[];
  readonly ledger: Ledger;
}

export interface StoreSettings {
  readonly seed: string | number;
  /** The moment at which the history ends. */
  readonly end: Date;
  /** Length of the history. Default 60. */
  readonly days?: number;
  /** Size of the audience. Default 2,000. */
  readonly people?: number;
}

/**
 * Makes Fernpath, an outdoor shop: its catalogue, its audience, their weeks with the shop as a customer's systems
 * would send them, and the exact ledger of it all. The same settings give the same store.
 */
export function generateStore({ seed, end, days = 60, people: size = 2000 }: StoreSettings): Store {
  const stream = (...names: (string | number)[]) => streamOf(String(seed), ...names);
  const window = { from: end.getTime() - days * DAY, to: end.getTime() };
  const shop = stockShop(stream('shop'));
  const letters = planNewsletters(window);

  const people = Array.from({ length: size }, (_, index) => makePerson(index, window, stream('person', index)));
  const lives = people.map((person) => live(person, shop, letters, window, stream('life', person.index)));
  const truths = people.map((person, index) => truthOf(person, lives[index] as (typeof lives)[number], window.to));

  const { messages, dirt } = soil(
    lives.flatMap((life) => life.messages),
    stream('dirt'),
  );
  const strangers = [
    ...crawl(shop, window, stream('crawlers')),
    ...brokenClocks(shop, window, stream('clocks')),
    ...hostile(window, stream('hostile')),
  ];
  const sent = [...resend([...messages, ...strangers], stream('resend')), ...brokenItems(window, stream('malformed'))];
  const deliveries = scatter(pack(sent, stream('packing')), refusals(window, stream('refusals')), stream('scatter'));
  return { catalog: shop.items, people, deliveries, ledger: keepLedger(deliveries, { window, dirt, people: truths }) };
}

/** Puts the few among the many, wherever chance has it. */
function scatter(many: readonly Delivery[], few: readonly Delivery[], random: Random): Delivery[] {
  const mixed = [...many];
  for (const delivery of few) mixed.splice(random.integer(0, mixed.length), 0, delivery);
  return mixed;
}
