import Bowser from 'bowser';
import { createIsbotFromList, list } from 'isbot';
import type { Visit } from '../../schemas/event/clean-event.ts';
import { memoized } from './memo.ts';

export type Device = Pick<Visit, 'browser' | 'browserVersion' | 'os' | 'osVersion' | 'deviceType' | 'isBot'>;

/**
 * Agents of programs that send events for people: servers, apps, HTTP clients. They say nothing of a visitor, but are no
 * robots either.
 */
const SENDERS = [
  'analytics-node/3.1.0',
  'analytics-python/2.2.3',
  '@segment/analytics-node/3.1.0',
  'RudderLabs/1.0',
  'okhttp/4.9.0',
  'node',
  'node-fetch/1.0',
  'undici',
  'axios/1.6.2',
  'python-requests/2.31.0',
  'curl/8.0.1',
  'Go-http-client/1.1',
  'Apache-HttpClient/4.5',
  'Java/17',
  'Ruby',
];

/** The library's list of robots without the patterns that would take a sender for one, as its manual proposes. */
const isRobot = createIsbotFromList(list.filter((pattern) => !matchesSender(new RegExp(pattern, 'i'))));

function matchesSender(pattern: RegExp): boolean {
  return SENDERS.some((agent) => pattern.test(agent));
}

/** Longer agents are cut: no device sends them, and they would cost time. */
const MAX_LENGTH = 1000;

/** What a user agent tells of the device. */
export const readUserAgent = memoized((userAgent): Device => {
  const agent = userAgent.slice(0, MAX_LENGTH);
  const isBot = isRobot(agent);
  const { browser, os, platform } = Bowser.parse(agent);
  return {
    browser: browser.name || undefined,
    browserVersion: browser.version || undefined,
    os: os.name || undefined,
    osVersion: os.version || undefined,
    deviceType: isBot ? 'bot' : deviceType(platform.type),
    isBot,
  };
}, 2000);

function deviceType(platform: string | undefined): Device['deviceType'] {
  return platform === 'desktop' || platform === 'mobile' || platform === 'tablet' || platform === 'tv'
    ? platform
    : 'other';
}

export const unknownDevice: Device = {
  browser: undefined,
  browserVersion: undefined,
  os: undefined,
  osVersion: undefined,
  deviceType: 'other',
  isBot: false,
};
