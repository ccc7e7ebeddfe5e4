import type { ProfileView, RecentEventsPage } from '../../../schemas/profile.ts';
import { asTable } from '../query/result-format.ts';
import { bestCustomer } from './best-customer.ts';
import type { Stage } from './tour.ts';

const TOP = 3;

/** Shows the customer of the demo store with the most orders. */
export async function showPerson({ store, get, print }: Stage): Promise<void> {
  const userId = bestCustomer(store.ledger);
  const path = `/v1/profiles/${encodeURIComponent(userId)}`;
  print(`GET ${path}\n`);
  const profile = (await get(path)) as ProfileView;
  print(asTable([column('what'), column('value')], facts(profile)));

  print(`\nGET ${path}/events?limit=5\n`);
  const { items } = (await get(`${path}/events?limit=5`)) as RecentEventsPage;
  if (items.length === 0) throw new Error(`The profile ${userId} has no recent events.`);
  print(
    asTable(
      ['time', 'event', 'item', 'value'].map(column),
      items.map(({ time, event, itemId, value, currency }) => [
        time,
        event,
        itemId ?? null,
        value === undefined ? null : `${value.toFixed(2)} ${currency ?? ''}`,
      ]),
    ),
  );
}

const column = (name: string) => ({ name, type: 'varchar' });

function facts({ traits, computed, firstSeen, lastSeen, anonymousIds }: ProfileView): [string, string][] {
  const { orders, categories, brands, channels, devices } = computed;
  const top = <Item>(items: readonly Item[], name: (item: Item) => string) => items.slice(0, TOP).map(name).join(', ');
  return [
    ['name', String(traits.name ?? [traits.first_name, traits.last_name].filter(Boolean).join(' '))],
    ['seen', `${firstSeen} to ${lastSeen}, ${computed.eventCount} events, ${anonymousIds.length} devices known`],
    ['orders', `${orders.count}, the last ${orders.lastAt ?? 'never'}`],
    ['revenue', orders.amounts.map(({ net, currency }) => `${net.toFixed(2)} ${currency} net of refunds`).join(', ')],
    ['likes', top(categories, ({ category }) => category)],
    ['brands', top(brands, ({ brand }) => brand)],
    ['came by', top(channels.counts, ({ channel, count }) => `${channel} (${count})`)],
    ['devices', top(devices, ({ type, os, browser }) => `${type} ${os} ${browser}`)],
  ];
}
