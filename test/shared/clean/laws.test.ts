import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanEvent } from '../../../schemas/event/clean-event.ts';
import { failedEvent } from '../../../schemas/event/failed-event.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';
import { maskAddress, maskAddresses, maskAddressesInText } from '../../../shared/clean/mask-ip.ts';
import { maskMessage } from '../../../shared/clean/mask-message.ts';
import { amountOf, moneyOf, timesQuantity } from '../../../shared/clean/money.ts';
import { serialise } from '../../../shared/clean/serialise.ts';
import { anEnvelope, aRecord } from '../../fixtures/events.ts';
import { message } from './arbitrary-message.ts';
import { stored } from './clean-one.ts';

const address = fc.oneof(fc.ipV4(), fc.ipV6());

describe('whatever the bytes', () => {
  test('bytes never make it throw, and give one outcome', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { items } = cleanRecord(aRecord(bytes));
        return items.length === 1 && items[0]?.outcome.ok === false;
      }),
    );
  });

  test('JSON never makes it throw, and its answer is JSON in well-formed UTF-8', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 6 }), (value) => {
        const text = JSON.stringify(cleanRecord(aRecord(value)));
        expect(text.isWellFormed()).toBe(true);
        expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
        JSON.parse(text);
      }),
    );
  });

  test('each message of an envelope has exactly one outcome, in order, that fits its schema', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(message, fc.jsonValue()), { minLength: 1, maxLength: 8 }), (messages) => {
        const { items } = cleanRecord(aRecord(anEnvelope(messages)));
        expect(items.map((item) => item.index)).toEqual(messages.map((_message, at) => at));
        for (const { outcome } of items) {
          if (outcome.ok) cleanEvent.parse(outcome.event);
          else failedEvent.parse(outcome.failed);
        }
      }),
    );
  });

  test('the same record always gives the same answer, whatever was cleaned before', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 4 }), (messages) => {
        const record = aRecord(anEnvelope(messages));
        const first = stored(cleanRecord(record));
        for (const other of messages) cleanRecord(aRecord(other));
        expect(stored(cleanRecord(record))).toEqual(first);
      }),
    );
  });

  test('no stored text holds NUL or half a surrogate pair', () => {
    fc.assert(
      fc.property(
        message,
        fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })),
        (base, properties) => {
          const [item] = cleanRecord(aRecord(anEnvelope([{ ...base, properties }]))).items;
          if (item?.outcome.ok !== true) return;
          for (const text of textsOf(item.outcome.event)) {
            expect(text.isWellFormed()).toBe(true);
            expect(text).not.toContain('\0');
          }
        },
      ),
    );
  });

  test('what has been cleaned needs no cleaning', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const [item] = cleanRecord(aRecord(anEnvelope([sent]))).items;
        if (item?.outcome.ok !== true) return;
        const { properties, traits, context, integrations } = item.outcome.event;
        const [again] = cleanRecord(
          aRecord(anEnvelope([{ ...sent, properties, traits, context, integrations }])),
        ).items;
        expect(again?.outcome.ok === true ? again.outcome.event : undefined).toMatchObject(
          stored({ properties, traits, context, integrations }) as object,
        );
      }),
    );
  });
});

function* textsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      yield key;
      yield* textsOf(entry);
    }
  }
}

describe('addresses', () => {
  test('masking a masked address changes nothing', () => {
    fc.assert(
      fc.property(address, (ip) => {
        const masked = maskAddress(ip);
        expect(masked).toBeDefined();
        expect(maskAddress(masked as string)).toBe(masked);
        expect(maskAddresses(masked as string)).toBe(masked);
        expect(maskAddressesInText(masked as string)).toBe(masked);
      }),
    );
  });

  test('a masked IPv4 address says nothing of its last octet', () => {
    const octet = fc.nat({ max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, octet, (a, b, c, d, e) => {
        expect(maskAddress(`${a}.${b}.${c}.${d}`)).toBe(maskAddress(`${a}.${b}.${c}.${e}`));
      }),
    );
  });

  test('no address survives, wherever an SDK puts it', () => {
    const field = fc.constantFrom('ip', 'ipAddress', 'ip_address', 'request_ip', 'x-forwarded-for', 'remoteAddr', 'IP');
    fc.assert(
      fc.property(message, address, field, (base, ip, name) => {
        fc.pre(maskAddress(ip) !== ip && ip.length > 4);
        const sent = {
          ...base,
          [name]: ip,
          context: { [name]: ip, ip, page: {}, network: { [name]: [`${ip}`, ` ${ip} `] } },
          properties: { [name]: `${ip}, ${ip}`, deep: { [name]: { v: ip } } },
          traits: { [name]: ip },
        };
        const record = aRecord(anEnvelope([sent, { ...sent, type: 'x' }, { ...sent, userId: 1e300 }], { ip }));
        expect(JSON.stringify(cleanRecord(record))).not.toContain(`"${ip}`);
        expect(JSON.stringify(cleanRecord(record))).not.toContain(`${ip}"`);
      }),
    );
  });

  test('no address survives in a record that cannot be read', () => {
    fc.assert(
      fc.property(address, (ip) => {
        fc.pre(maskAddress(ip) !== ip && ip.length > 4);
        const broken = `{"type":"track","context":{"ip":"${ip}","x":`;
        expect(JSON.stringify(cleanRecord(aRecord(broken)))).not.toContain(`"${ip}\\"`);
        const [item] = cleanRecord(aRecord(Buffer.concat([Buffer.from(broken), Buffer.from([0xff])]))).items;
        const payload = item?.outcome.ok === false ? (item.outcome.failed.payload ?? '') : '';
        expect(Buffer.from(payload, 'base64').toString('latin1')).not.toContain(`"${ip}"`);
      }),
    );
  });

  test('masking a message keeps all that is no address', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'name', 'shipping', 'zip', 'tip'), fc.jsonValue()), (value) => {
        fc.pre(!/"\w*(ip|addr|for)\w*":/i.test(JSON.stringify(Object.values(value))));
        expect(maskMessage(structuredClone(value))).toEqual(value);
      }),
    );
  });
});

describe('money', () => {
  const money = fc.integer({ min: -10_000_000_000_000, max: 10_000_000_000_000 });

  test('an amount in numbers or text reads as the money that it was made of', () => {
    fc.assert(
      fc.property(money, (units) => {
        const sign = units < 0 ? '-' : '';
        const digits = String(Math.abs(units)).padStart(5, '0');
        expect(moneyOf(amountOf(units))).toBe(units + 0);
        expect(moneyOf(`${sign}${digits.slice(0, -4)}.${digits.slice(-4)}`)).toBe(units + 0);
      }),
    );
  });

  test('sums of amounts with two places are exact, where sums of doubles are not', () => {
    const cents = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(fc.array(cents, { maxLength: 50 }), (all) => {
        const doubles = all.reduce((sum, one) => sum + one / 100, 0);
        const exact = all.reduce((sum, one) => sum + (moneyOf(one / 100) ?? Number.NaN), 0);
        expect(exact + 0).toBe(all.reduce((sum, one) => sum + one * 100, 0) + 0);
        expect(moneyOf(doubles)).toBe(exact + 0);
      }),
    );
  });

  test('rounding is symmetric about zero', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (amount) => {
        expect(moneyOf(-amount)).toBe(0 - (moneyOf(amount) ?? Number.NaN));
      }),
    );
  });

  test('a price times a whole quantity is the sum of as many prices, and fractions agree with it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), fc.integer({ min: 0, max: 1000 }), (price, quantity) => {
        expect(timesQuantity(price, quantity)).toBe(price * quantity);
        expect(timesQuantity(price * 2, quantity + 0.5)).toBe(price * 2 * quantity + price);
      }),
    );
  });
});

test('deep JSON is serialised as JSON.stringify would', () => {
  const levels = 20_000;
  const text = `${'[{"a":1,"b":['.repeat(levels)}"x",null${']},2]'.repeat(levels)}`;

  expect(() => JSON.stringify(JSON.parse(text))).toThrow(RangeError);
  expect(serialise(JSON.parse(text))).toBe(text);
});
