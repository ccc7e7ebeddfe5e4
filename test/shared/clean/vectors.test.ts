import { describe, expect, test } from 'vitest';
import { currencyCode } from '../../../shared/clean/currency.ts';
import { readDecimal } from '../../../shared/clean/decimal.ts';
import { canonicalEventName } from '../../../shared/clean/event-name.ts';
import { maskAddress, maskAddresses } from '../../../shared/clean/mask-ip.ts';
import { moneyOf } from '../../../shared/clean/money.ts';
import { parseTime } from '../../../shared/clean/time.ts';
import { anIdentify, aTrack, type Message } from '../../fixtures/events.ts';
import addressFields from '../../vectors/clean-address-fields.json' with { type: 'json' };
import addresses from '../../vectors/clean-addresses.json' with { type: 'json' };
import badMessages from '../../vectors/clean-bad-messages.json' with { type: 'json' };
import channels from '../../vectors/clean-channels.json' with { type: 'json' };
import commerce from '../../vectors/clean-commerce.json' with { type: 'json' };
import currencies from '../../vectors/clean-currencies.json' with { type: 'json' };
import devices from '../../vectors/clean-devices.json' with { type: 'json' };
import eventNames from '../../vectors/clean-event-names.json' with { type: 'json' };
import eventTimes from '../../vectors/clean-event-times.json' with { type: 'json' };
import money from '../../vectors/clean-money.json' with { type: 'json' };
import numbers from '../../vectors/clean-numbers.json' with { type: 'json' };
import sessions from '../../vectors/clean-sessions.json' with { type: 'json' };
import times from '../../vectors/clean-times.json' with { type: 'json' };
import { cleanOne, failOne, stored } from './clean-one.ts';

type Vectors = [name: string, input: never, expected: unknown][];
type Fields = Record<string, unknown>;

/** Undefined is written as null in JSON. */
const orNull = (value: unknown): unknown => (value === undefined ? null : stored(value));

const pureRules: readonly [string, unknown, (input: never) => unknown][] = [
  ['reads money', money, moneyOf],
  ['reads numbers in text', numbers, readDecimal],
  ['reads times', times, parseTime],
  ['masks addresses', addresses, maskAddress],
  ['masks fields of addresses', addressFields, maskAddresses],
  ['reads currencies', currencies, currencyCode],
  ['names events', eventNames, canonicalEventName],
];

describe.each(pureRules)('%s', (_rule, vectors, run) => {
  test.each(vectors as Vectors)('%s', (_name, input, expected) => {
    expect(orNull(run(input))).toEqual(expected);
  });
});

describe('tells when an event happened', () => {
  test.each(eventTimes as unknown as [string, Message, { eventTime: string; flags: string[] }][])(
    '%s',
    (_name, times, expected) => {
      const { eventTime, flags } = cleanOne({ ...anIdentify(), timestamp: undefined, ...times });
      expect({ eventTime: new Date(eventTime).toISOString(), flags }).toEqual(expected);
    },
  );
});

describe('tells the traffic channel', () => {
  test.each(channels as unknown as [string, Fields, string][])('%s', (_name, { campaign, ...page }, expected) => {
    expect(cleanOne(aTrack({ context: { page, campaign } })).visit.channel).toBe(expected);
  });
});

describe('finds the session', () => {
  test.each(sessions as unknown as [string, Fields, string | null][])('%s', (_name, fields, expected) => {
    expect(orNull(cleanOne(aTrack({ properties: {}, ...fields })).visit.sessionId)).toBe(expected);
  });
});

describe('tells the device', () => {
  test.each(devices as unknown as [string, Fields, Fields][])('%s', (_name, context, expected) => {
    const { browser, browserVersion, os, osVersion, deviceType, isBot } = cleanOne(aTrack({ context })).visit;
    expect(stored({ browser, browserVersion, os, osVersion, deviceType, isBot })).toEqual(expected);
  });
});

describe('maps properties to the commerce columns', () => {
  test.each(commerce as unknown as [string, Message, Fields][])('%s', (_name, message, expected) => {
    const event = cleanOne({ type: 'track', userId: 'user-1', messageId: 'm-1', ...message });
    expect(stored({ commerce: event.commerce, changes: event.changes })).toEqual(expected);
  });
});

describe('rejects', () => {
  test.each(badMessages as unknown as [string, unknown, [string, string]][])('%s', (_name, message, [reason, path]) => {
    const failed = failOne(message);
    expect([failed.reason, failed.path]).toEqual([reason, path === '' ? 'events.0' : `events.0.${path}`]);
    expect(JSON.parse(failed.payload ?? '')).toEqual(message);
  });
});
