import type { Random } from './random.ts';

export type Platform = 'desktop' | 'phone' | 'tablet' | 'app';

export interface Device {
  readonly anonymousId: string;
  readonly platform: Platform;
  readonly userAgent: string;
  /** What its tracker puts into each message's context besides the page. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Kind of tracker, and so the way that its messages take. */
  readonly route: Route;
  /** How far its clock is ahead of the true time, ms. */
  readonly skewMs: number;
}

/**
 * The ways of a message: the shop's server by `@segment/analytics-node`, RudderStack's SDK (gzip), a relay or mobile
 * SDK that sends Segment batches, the browser's beacon, one request a message, and the pixel in e-mails.
 */
export type Route = 'node' | 'rudder' | 'batch' | 'beacon' | 'single' | 'pixel';

const HOUR = 3_600_000;
const YEARS = 365 * 24 * HOUR;

const agents: Readonly<Record<Platform, readonly string[]>> = {
  desktop: [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
    'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  ],
  phone: [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/143.0.7499.92 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36',
  ],
  tablet: [
    'Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 15; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  ],
  app: [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
    'Dalvik/2.1.0 (Linux; U; Android 15; Pixel 9 Build/BP1A.250505.005)',
  ],
};

const screens: Readonly<Record<Platform, { width: number; height: number; density: number }>> = {
  desktop: { width: 1920, height: 1080, density: 1 },
  phone: { width: 390, height: 844, density: 3 },
  tablet: { width: 834, height: 1194, density: 2 },
  app: { width: 402, height: 874, density: 3 },
};

/** Makes a device with its browser or app, its tracker and its clock. */
export function makeDevice(platform: Platform, home: { locale: string; timezone: string }, random: Random): Device {
  const skewMs = random.chance(0.05) ? skewOf(random) : 0;
  const userAgent = random.pick(agents[platform]);
  const common = {
    ip: `203.0.113.${random.integer(1, 254)}`,
    locale: home.locale,
    timezone: home.timezone,
    userAgent,
    screen: screens[platform],
  };
  return {
    anonymousId: random.uuid(),
    platform,
    userAgent,
    context: platform === 'app' ? { ...common, ...appContext(userAgent, random) } : common,
    route: skewMs !== 0 ? 'rudder' : platform === 'app' ? 'batch' : webRoute(random),
    skewMs,
  };
}

const webRoute = (random: Random): Route =>
  random.among({ node: 0.46, rudder: 0.27, batch: 0.195, beacon: 0.06, single: 0.015 });

/** Minutes or hours off, either way; one in twenty says 1970 or 2099. */
function skewOf(random: Random): number {
  if (random.chance(0.05)) return random.pick([-56.5 * YEARS, 73 * YEARS]);
  return random.pick([-1, 1]) * Math.round(random.pick([0.2, 1, 2, 5, 11]) * random.between(0.9, 1.1) * HOUR);
}

function appContext(userAgent: string, random: Random) {
  const apple = userAgent.includes('iPhone');
  return {
    app: { name: 'Fernpath', version: apple ? '4.12.1' : '4.12.0', namespace: 'com.fernpath.shop' },
    device: apple
      ? { id: random.uuid(), manufacturer: 'Apple', model: 'iPhone17,1', type: 'ios' }
      : { id: random.hex(16), manufacturer: 'Google', model: 'Pixel 9', type: 'android' },
    os: apple ? { name: 'iOS', version: '18.6.2' } : { name: 'Android', version: '15' },
    network: { cellular: random.chance(0.4), wifi: true },
  };
}

export const crawlers: readonly string[] = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
];
