import Bowser from 'bowser';
import { createIsbotFromList, list } from 'isbot';
import type { Visit } from '../../schemas/event/clean-event.ts';
import { memoized } from './memo.ts';

export type Device = Pick<Visit, 'browser' | 'browserVersion' | 'os' | 'osVersion' | 'deviceType' | 'isBot'>;

/**
 * The library's patterns of robots that would take a sender for one: a server, an app or an HTTP client that sends events
 * for people. Such an agent says nothing of a visitor, but is no robot either.
 */
export const senderPatterns: ReadonlySet<string> = new Set([
  '(?<!lib)http',
  '^[\\w \\.\\-\\(?:\\):%]+(?:/v?\\d+(?:\\.\\d+)?(?:\\.\\d{1,10})*?)?(?:,|$)',
  '^[\\w\\-]+/[\\w]+$',
  '^\\w+/[\\w\\(\\)]*$',
  '^python',
  'java(?!;)',
  'node\\b',
  'url',
]);

const isRobot = createIsbotFromList(list.filter((pattern) => !senderPatterns.has(pattern)));

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
