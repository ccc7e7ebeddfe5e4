import type { TrafficChannel } from '../../../schemas/event/vocabulary.ts';
import { SHOP_URL } from './catalog.ts';
import type { Random } from './random.ts';

/** How a visitor reached the shop: what the first page's address and referrer show of it. */
export interface Arrival {
  readonly channel: TrafficChannel;
  readonly referrer: string;
  /** Query string of the first page, with `?`, or empty. */
  readonly search: string;
  readonly campaign?: Readonly<Record<string, string>>;
}

export type ArrivalKind = 'search' | 'searchAd' | 'social' | 'socialAd' | 'referral' | 'direct';

const engines = [
  'https://www.google.com/',
  'https://www.google.com/',
  'https://www.bing.com/',
  'https://duckduckgo.com/',
];
const networks = [
  'https://www.instagram.com/',
  'https://l.facebook.com/',
  'https://t.co/',
  'https://www.pinterest.com/',
  'https://www.reddit.com/',
];
const sites = [
  'https://trailnotes.example/best-tents',
  'https://gearbench.example/reviews/boots',
  'https://hut-to-hut.example/packing-list',
];
const terms = ['hiking boots', 'ultralight tent', 'down jacket', 'trail running shoes'];

/** Weights of the ways to the shop; newsletters add visits of their own. */
export const newcomerWays: Record<ArrivalKind, number> = {
  search: 0.34,
  searchAd: 0.17,
  social: 0.12,
  socialAd: 0.1,
  referral: 0.09,
  direct: 0.18,
};
export const regularWays: Record<ArrivalKind, number> = {
  search: 0.27,
  searchAd: 0.08,
  social: 0.1,
  socialAd: 0.05,
  referral: 0.04,
  direct: 0.46,
};

export function arrive(kind: ArrivalKind, random: Random): Arrival {
  switch (kind) {
    case 'search':
      return { channel: 'organic', referrer: random.pick(engines), search: '' };
    case 'searchAd':
      return searchAd(random);
    case 'social':
      return social(random);
    case 'socialAd': {
      const [source, clickId] = random.pick([
        ['facebook', 'fbclid'],
        ['instagram', 'fbclid'],
        ['tiktok', 'ttclid'],
      ] as const);
      const utm = { source, medium: 'paid_social', name: 'autumn-trails', content: `ad-${random.integer(1, 6)}` };
      return { channel: 'paid', referrer: `https://www.${source}.com/`, ...tagged(utm, { [clickId]: random.hex(24) }) };
    }
    case 'referral':
      return { channel: 'referral', referrer: random.pick(sites), search: '' };
    case 'direct':
      return { channel: 'direct', referrer: '', search: '' };
  }
}

/** The visit behind a newsletter's link. */
export function arriveByMail(campaignId: string): Arrival {
  return { channel: 'email', referrer: '', ...tagged({ source: 'newsletter', medium: 'email', name: campaignId }, {}) };
}

/** Half of the ads carry only the click id that the ad network adds by itself. */
function searchAd(random: Random): Arrival {
  const [referrer, source, clickId] = random.pick([
    ['https://www.google.com/', 'google', 'gclid'],
    ['https://www.google.com/', 'google', 'gclid'],
    ['https://www.bing.com/', 'bing', 'msclkid'],
  ] as const);
  const click = { [clickId]: random.hex(32) };
  if (random.chance(0.5)) return { channel: 'paid', referrer, search: query(click) };
  const utm = { source, medium: 'cpc', name: 'brand-search', term: random.pick(terms) };
  return { channel: 'paid', referrer, ...tagged(utm, click) };
}

function social(random: Random): Arrival {
  const referrer = random.pick(networks);
  if (random.chance(0.3)) {
    return {
      channel: 'social',
      referrer,
      ...tagged({ source: 'instagram', medium: 'social', name: 'profile-link' }, {}),
    };
  }
  return { channel: 'social', referrer, search: '' };
}

/** An address with UTM parameters, and the `context.campaign` that SDKs derive from it. */
function tagged(campaign: Record<string, string>, more: Record<string, string>) {
  const parameter = (key: string) => (key === 'name' ? 'utm_campaign' : `utm_${key}`);
  const utm = Object.fromEntries(Object.entries(campaign).map(([key, value]) => [parameter(key), value]));
  return { search: query({ ...utm, ...more }), campaign };
}

const query = (parameters: Record<string, string>): string => `?${new URLSearchParams(parameters)}`;

/** The page context of a page of the shop. */
export function pageContext(path: string, title: string, arrival: Arrival | undefined, previous: string) {
  const search = arrival?.search ?? '';
  return {
    path,
    referrer: arrival === undefined ? previous : arrival.referrer,
    search,
    title: `${title} | Fernpath`,
    url: `${SHOP_URL}${path}${search}`,
  };
}
