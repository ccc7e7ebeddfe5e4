import { type ArrivalKind, regularWays } from './arrivals.ts';
import { DAY } from './calendar.ts';
import { brandsOf, categories, type ItemCategory, type PriceBand } from './catalog.ts';
import { type Device, makeDevice, type Platform } from './devices.ts';
import { findHome, type Home } from './homes.ts';
import type { Random } from './random.ts';

/** How a person's visits spread over the window. */
export type Curve = 'steady' | 'decaying' | 'lapsed' | 'new';

export interface Taste {
  /** Share of interest by category; sums to 1. */
  readonly categories: Readonly<Record<ItemCategory, number>>;
  readonly topCategory: ItemCategory;
  readonly brands: readonly string[];
  readonly priceBand: PriceBand;
}

export interface Person {
  readonly personId: string;
  readonly index: number;
  /** The userId that the shop gives when the person signs up. */
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly home: Home;
  readonly plan: 'free' | 'plus' | 'pro';
  readonly company: string | undefined;
  readonly taste: Taste;
  /** Signed up before the window. */
  readonly customerBefore: boolean;
  readonly wantsNewsletter: boolean;
  /** Mean number of visits while fully active for the whole window. */
  readonly visits: number;
  readonly curve: Curve;
  /** Relative activity at a moment, 0 to 1. */
  readonly activityAt: (at: number) => number;
  /** When the person stopped coming for good, if they did. */
  readonly lapsedAt: number | undefined;
  /** The way by which the person comes most. */
  readonly habit: ArrivalKind;
  /** Chance that a visit is meant to end in an order. */
  readonly buying: number;
  readonly devices: readonly Device[];
}

const given = [
  'Ada',
  'Ben',
  'Chloé',
  'Dara',
  'Elif',
  'Finn',
  'Grace',
  'Hugo',
  'Ines',
  'Jonas',
  'Kira',
  'Liam',
  'Maya',
  'Noor',
  'Owen',
  'Priya',
  'Quinn',
  'Rosa',
  'Sven',
  'Tomás',
  'Uma',
  'Viktor',
  'Wren',
  'Yuki',
  'Zoë',
];
const family = [
  'Abbott',
  'Bauer',
  'Costa',
  'Dubois',
  'Evans',
  'Fischer',
  'García',
  'Hansen',
  'Ibrahim',
  'Jensen',
  'Kowalski',
  'Larsen',
  'Moreau',
  'Nguyen',
  "O'Brien",
  'Patel',
  'Quist',
  'Rossi',
  'Schäfer',
  'Torres',
  'Ueda',
  'Vogel',
  'Walsh',
  'Young',
  'Zhang',
];
const companies = [
  'northwind-guides',
  'peak-schools',
  'blue-line-rescue',
  'harbour-scouts',
  'granite-gym',
  'summit-film',
];

/** Makes one person of the shop's public: home, tastes, habits, devices. */
export function makePerson(index: number, window: { from: number; to: number }, random: Random): Person {
  const where = findHome(random);
  const [first, last] = [random.pick(given), random.pick(family)];
  const buying = random.chance(0.08) ? random.between(0.17, 0.31) : random.chance(0.4) ? 0.012 : 0.002;
  const fond = buying > 0.05;
  const customerBefore = random.chance(fond ? 0.7 : 0.12);
  const visits = Math.min(25, random.logNormal(fond ? 4.4 : 1.95, 0.75));
  return {
    personId: `person-${String(index).padStart(4, '0')}`,
    index,
    userId: `usr_${String(10_000 + index)}`,
    name: `${first} ${last}`,
    email: `${plain(first)}.${plain(last)}${index}@mail.example`,
    home: where,
    plan: random.among({ free: 0.75, plus: 0.18, pro: 0.07 }),
    company: random.chance(0.03) ? random.pick(companies) : undefined,
    taste: makeTaste(random),
    customerBefore,
    wantsNewsletter: random.chance(0.62),
    visits,
    ...makeActivity(window, customerBefore, random),
    habit: random.among(regularWays),
    buying,
    devices: makeDevices(where, random),
  };
}

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();

/** One category stands out, a second follows; the rest of the shop shares what is left. */
function makeTaste(random: Random): Taste {
  const top = random.pick(categories);
  const second = random.pick(categories);
  const weights = Object.fromEntries(categories.map((category) => [category, 0.25 / categories.length]));
  weights[top] = (weights[top] ?? 0) + 0.55;
  weights[second] = (weights[second] ?? 0) + 0.2;
  return {
    categories: weights,
    topCategory: top,
    brands: [random.pick(brandsOf(top)), random.pick(brandsOf(second))],
    priceBand: random.among({ budget: 0.35, middle: 0.42, premium: 0.23 }),
  };
}

function makeActivity(window: { from: number; to: number }, customerBefore: boolean, random: Random) {
  const curve: Curve = random.among({ steady: 0.5, decaying: 0.18, lapsed: 0.16, new: customerBefore ? 0 : 0.16 });
  const halfLife = random.between(5, 12) * DAY;
  const lapsedAt = window.from + random.between(0.15, 0.6) * (window.to - window.from);
  const start = window.from + random.between(0.05, 0.85) * (window.to - window.from);
  const curves: Record<Curve, (at: number) => number> = {
    steady: () => 1,
    decaying: (at) => 2 ** (-(at - window.from) / halfLife),
    lapsed: (at) => (at < lapsedAt ? 1 : 0),
    new: (at) => (at < start ? 0 : 1),
  };
  return { curve, activityAt: curves[curve], lapsedAt: curve === 'lapsed' ? lapsedAt : undefined };
}

function makeDevices(where: Home, random: Random): Device[] {
  const owned: Platform[] = [random.among({ desktop: 0.42, phone: 0.53, tablet: 0.05 })];
  if (random.chance(0.35)) owned.push(owned[0] === 'phone' ? 'desktop' : 'phone');
  if (random.chance(0.07)) owned.push('tablet');
  if (random.chance(0.22)) owned.push('app');
  return owned.map((platform) => makeDevice(platform, where, random));
}
