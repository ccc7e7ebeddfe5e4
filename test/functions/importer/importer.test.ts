import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WINDOW_EVENTS } from '../../../functions/importer/run-import.ts';
import { ABucket, Killed, ordersCsv, ordersHeader, ordersMap } from './a-bucket.ts';

const dropped = (content: string | Uint8Array = ordersCsv, map: unknown = ordersMap, fileName = 'orders.csv') => {
  const bucket = new ABucket();
  bucket.drop('shop', map, fileName, content);
  return bucket;
};
const outcomeOf = (bucket: ABucket) => ({
  events: [...bucket.events()]
    .map(([id, { event, userId, eventTime, commerce }]) => [id, event, userId, eventTime, commerce])
    .sort(),
  rejected: bucket.rejected(),
  counts: bucket.status('shop', 'orders.csv').counts,
});

test('makes of each group of lines the event that its first line asks for', async () => {
  const bucket = dropped();
  await bucket.run();
  const events = [...bucket.events().values()].map(({ event, profileKey, eventTime, commerce }) => [
    event,
    profileKey,
    new Date(eventTime).toISOString(),
    commerce.total,
    commerce.products?.length,
  ]);
  expect(events).toEqual([
    ['Order Completed', 'user:17850', '2010-12-01T08:26:00.000Z', 35_6400, 2],
    ['Order Completed', 'user:17850', '2011-07-01T07:28:00.000Z', 22_2000, 2],
    ['Order Refunded', 'user:14527', '2010-12-01T09:41:00.000Z', 27_5000, 1],
    ['Order Completed', 'anonymous:invoice-536381', '2010-12-01T09:41:00.000Z', 122_5000, 2],
    ['Order Completed', 'user:12345', '2010-12-01T09:41:00.000Z', 3_0150, 1],
  ]);
});

test('lists every rejected line with its number, reason, path and cells', async () => {
  const bucket = dropped();
  await bucket.run();
  expect(bucket.rejected().map(({ row, reason, path }) => [row, reason, path])).toEqual([
    [3, 'no_price', 'reject.0'],
    [7, 'not_a_number', 'common.properties.products.each.quantity.absolute'],
    [10, 'repeated_group', 'groupBy'],
    [11, 'wrong_cell_count', ''],
  ]);
  expect(bucket.rejected()[0]?.line).toMatchObject({ Invoice: '536365', Code: '22752' });
  expect(bucket.rejected()[1]?.detail).toBe('expected a number, found "six"');
});

test('says beside the file what became of it, and takes it out of the inbox', async () => {
  const bucket = dropped();
  await bucket.run();
  const status = bucket.status('shop', 'orders.csv');
  expect(status).toMatchObject({ step: 'done', already: false, endedAt: expect.any(String) });
  expect(status.counts).toEqual({
    rows: 12,
    landedRows: 8,
    rejectedRows: 4,
    knownRows: 0,
    events: 5,
    rejected: { no_price: 1, not_a_number: 1, repeated_group: 1, wrong_cell_count: 1 },
  });
  expect([...bucket.objects.keys()].filter((key) => key.startsWith('inbox/'))).toEqual([
    'inbox/shop/map.json',
    'inbox/shop/orders.csv.status.json',
  ]);
});

test('its events say that they are imported, and are neither late nor clamped', async () => {
  const bucket = dropped(`${ordersHeader}\n1,A,a,1,1997-01-01 00:00:00,1,7\n`);
  await bucket.run();
  const [event] = [...bucket.events().values()];
  expect(event).toMatchObject({ eventTime: Date.UTC(1997, 0, 1), flags: [], sourceId: 'import:shop' });
});

describe('is done once', () => {
  test('when the same file and map come again, whatever the name of the file', async () => {
    const bucket = dropped();
    await bucket.run();
    const before = bucket.records.length;
    bucket.drop('shop', ordersMap, 'again.csv', ordersCsv);
    await bucket.run();
    expect(bucket.records.length).toBe(before);
    expect(bucket.status('shop', 'again.csv')).toMatchObject({ step: 'done', already: true, counts: { rows: 12 } });
    expect(bucket.objects.has('inbox/shop/again.csv')).toBe(false);
  });

  test('of a file that has grown, only what is new', async () => {
    const bucket = dropped();
    await bucket.run();
    const before = bucket.records.length;
    bucket.drop('shop', ordersMap, 'orders.csv', `${ordersCsv}536384,1,new,1,2010-12-02 09:41:00,2,1\n`);
    await bucket.run();
    expect(bucket.status('shop', 'orders.csv').counts).toMatchObject({
      rows: 13,
      knownRows: 8,
      landedRows: 1,
      events: 1,
    });
    expect(bucket.records.length).toBe(before + 1);
  });

  test('under its name: another name is another import', async () => {
    const bucket = dropped();
    await bucket.run();
    bucket.drop('shop-2', ordersMap, 'orders.csv', ordersCsv);
    await bucket.run();
    expect(bucket.status('shop-2', 'orders.csv')).toMatchObject({
      already: false,
      counts: { landedRows: 8, knownRows: 0 },
    });
  });

  test('with a map that mends what was rejected, the rest', async () => {
    const bucket = dropped();
    await bucket.run();
    bucket.drop('shop', { ...ordersMap, reject: [] }, 'orders.csv', ordersCsv.replace('six', '6'));
    await bucket.run();
    expect(bucket.status('shop', 'orders.csv').counts).toMatchObject({ knownRows: 9, landedRows: 1, events: 1 });
  });
});

describe('a run that is killed', () => {
  test('after or before any effect is taken up by the next, with the same events, list and counts', async () => {
    const whole = dropped();
    await whole.run();
    expect(whole.effects).toBeGreaterThan(15);
    for (const killsBefore of [false, true]) {
      for (let killAt = 1; killAt <= whole.effects; killAt += 1) {
        const bucket = dropped();
        bucket.killAt = killAt;
        bucket.killsBefore = killsBefore;
        await bucket.runOut();
        // It may have died between the last word and the removal of the file.
        await bucket.run();
        expect(outcomeOf(bucket), `killed at ${killAt}`).toEqual(outcomeOf(whole));
        expect(bucket.objects.has('inbox/shop/orders.csv')).toBe(false);
      }
    }
  });

  test('many times, in a file that is packed, of any length of parts', async () => {
    const whole = dropped();
    await whole.run();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 6 }),
        async (kills, rows) => {
          const bucket = dropped(gzipSync(ordersCsv));
          bucket.limits = { rows };
          for (const after of kills) {
            bucket.killAt = bucket.effects + after;
            await bucket.run().catch((error) => {
              if (!(error instanceof Killed)) throw error;
            });
          }
          bucket.killAt = Number.POSITIVE_INFINITY;
          await bucket.run();
          await bucket.run();
          expect(outcomeOf(bucket)).toEqual(outcomeOf(whole));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('and whose file is replaced before the next one leaves nothing out that is in the new file', async () => {
    const changed = `${ordersCsv}536384,1,new,1,2010-12-02 09:41:00,2,1\n`;
    const whole = dropped(changed);
    await whole.run();
    for (let killAt = 1; killAt <= whole.effects; killAt += 1) {
      const bucket = dropped();
      bucket.killAt = killAt;
      await bucket.run().catch(() => undefined);
      bucket.killAt = Number.POSITIVE_INFINITY;
      bucket.drop('shop', ordersMap, 'orders.csv', changed);
      await bucket.run();
      expect([...bucket.events().keys()].sort(), `killed at ${killAt}`).toEqual([...whole.events().keys()].sort());
    }
  });

  test('leaves its file to nobody else while its lease lasts', async () => {
    const bucket = dropped();
    bucket.killAt = 8;
    await expect(bucket.run()).rejects.toThrow(Killed);
    bucket.killAt = Number.POSITIVE_INFINITY;
    bucket.now -= 60_000;
    const before = bucket.effects;
    await bucket.run();
    expect(bucket.effects).toBe(before);
  });
});

test('goes on in the next run when its time is over', async () => {
  const whole = dropped();
  await whole.run();
  const bucket = dropped();
  for (let runs = 0; bucket.objects.has('inbox/shop/orders.csv'); runs += 1) {
    await bucket.run(75_000);
    expect(runs).toBeLessThan(10);
  }
  expect(outcomeOf(bucket)).toEqual(outcomeOf(whole));
});

test.each(['areProfilesUp', 'isLakeUp'] as const)('is done when %s, and not before', async (consumer) => {
  const bucket = dropped();
  bucket[consumer] = false;
  await bucket.run(80_000);
  expect(bucket.status('shop', 'orders.csv').step).toBe('lines');
  bucket[consumer] = true;
  for (const id of bucket.barriers) bucket.put(`barriers/${id}/s`, 'passed');
  await bucket.run();
  expect(bucket.status('shop', 'orders.csv').step).toBe('done');
});

test('is never further ahead of consumers than two windows of events', async () => {
  const bucket = dropped(
    `${ordersHeader}\n${Array.from({ length: 14_000 }, (_, at) => `${at},A,a,1,2010-12-01 08:26:00,1,7`).join('\n')}`,
  );
  bucket.limits = { rows: 1_000 };
  bucket.areProfilesUp = false;
  await bucket.run(80_000);
  expect(bucket.events().size).toBeGreaterThan(4_000);
  expect(bucket.events().size).toBeLessThanOrEqual(2 * WINDOW_EVENTS);
  bucket.areProfilesUp = true;
  for (const id of bucket.barriers) bucket.put(`barriers/${id}/s`, 'passed');
  await bucket.run();
  expect(bucket.events().size).toBe(14_000);
});

test('a file that is replaced while it is read is begun anew', async () => {
  const bucket = dropped();
  let reads = 0;
  bucket.onRead = () => {
    reads += 1;
    if (reads === 3) bucket.put('inbox/shop/orders.csv', `${ordersCsv}9,1,new,1,2010-12-02 09:41:00,2,1\n`);
  };
  await bucket.run();
  bucket.onRead = () => undefined;
  await bucket.run();
  expect(bucket.status('shop', 'orders.csv')).toMatchObject({ step: 'done', counts: { rows: 13, events: 6 } });
  expect(bucket.events().size).toBe(6);
});

describe('what nothing can be made of', () => {
  test.each<[string, (bucket: ABucket) => void, string, RegExp]>([
    ['no map', (bucket) => bucket.objects.delete('inbox/shop/map.json'), 'map_missing', /put one there/],
    ['a map that is no JSON', (bucket) => bucket.put('inbox/shop/map.json', '{'), 'map_invalid', /is not JSON/],
    [
      'a map of a column that is not there',
      (bucket) => bucket.put('inbox/shop/map.json', JSON.stringify({ ...ordersMap, groupBy: ['Invoce'] })),
      'map_invalid',
      /groupBy\.0 names the column Invoce, which the file does not have: it has Invoice, Code/,
    ],
    ['an empty file', (bucket) => bucket.put('inbox/shop/orders.csv', ''), 'file_unusable', /is empty/],
    [
      'UTF-16',
      (bucket) => bucket.put('inbox/shop/orders.csv', Buffer.from(`\ufeff${ordersCsv}`, 'utf16le')),
      'file_unusable',
      /UTF-16/,
    ],
  ])('%s: is said beside it, and it stays', async (_, spoil, code, message) => {
    const bucket = dropped();
    spoil(bucket);
    await bucket.run();
    const status = bucket.status('shop', 'orders.csv');
    expect(status.problem).toEqual({ code, message: expect.stringMatching(message) });
    expect(status.step).toBe('failed');
    expect(bucket.objects.has('inbox/shop/orders.csv')).toBe(true);
    expect(bucket.records).toEqual([]);
    const effects = bucket.effects;
    await bucket.run();
    expect(bucket.effects).toBe(effects);
  });

  test('damaged gzip fails where the damage is', async () => {
    const packed = gzipSync(ordersCsv.repeat(200));
    const bucket = dropped(packed.subarray(0, packed.length - 200), ordersMap, 'orders.csv.gz');
    await bucket.run();
    expect(bucket.status('shop', 'orders.csv.gz').problem?.message).toMatch(/is damaged: it is packed by gzip/);
  });

  test('a name of .gz without gzip in it', async () => {
    const bucket = dropped(ordersCsv, ordersMap, 'orders.csv.gz');
    await bucket.run();
    expect(bucket.status('shop', 'orders.csv.gz').problem?.message).toMatch(/is no gzip/);
  });

  test('a mended map is taken up by itself', async () => {
    const bucket = dropped(ordersCsv, '{');
    await bucket.run();
    bucket.put('inbox/shop/map.json', JSON.stringify(ordersMap));
    await bucket.run();
    expect(bucket.status('shop', 'orders.csv')).toMatchObject({ step: 'done', counts: { rows: 12 } });
  });

  test('a file outside of a folder, and one in a folder that is no name', async () => {
    const bucket = new ABucket();
    bucket.put('inbox/orders.csv', ordersCsv);
    bucket.put('inbox/My Shop/orders.csv', ordersCsv);
    await bucket.run();
    for (const key of ['inbox/orders.csv', 'inbox/My Shop/orders.csv']) {
      expect(JSON.parse(bucket.text(`${key}.status.json`) ?? '').problem.code).toBe('name_invalid');
    }
  });
});

describe('spend', () => {
  const map = {
    target: 'spend',
    dateFormat: 'dd/MM/yyyy',
    spend: {
      date: '{Day}',
      channel: '{Channel|lower}',
      campaign: '{Campaign}',
      currency: 'EUR',
      cost: '{Cost}',
      clicks: '{Clicks}',
    },
  };
  const csv =
    'Day,Channel,Campaign,Cost,Clicks\n01/02/2026,Paid,spring,"1,234.50",7\n02/02/2026,Email,,x,\n,Paid,a,1,\n03/02/2026,Email,,0.0049,\n';

  test('becomes records of spend, by day, campaign and row', async () => {
    const bucket = dropped(csv, map);
    await bucket.run();
    const importId = bucket.status('shop', 'orders.csv').id;
    const importedAt = Date.parse(bucket.status('shop', 'orders.csv').startedAt);
    expect(bucket.spend()).toEqual([
      {
        date: '2026-02-01',
        channel: 'paid',
        campaign: 'spring',
        currency: 'EUR',
        cost: 1234_5000,
        clicks: 7,
        importId,
        row: 1,
        importedAt,
      },
      { date: '2026-02-03', channel: 'email', currency: 'EUR', cost: 49, importId, row: 4, importedAt },
    ]);
    expect(bucket.rejected().map(({ row, reason, path }) => [row, reason, path])).toEqual([
      [2, 'not_a_number', 'spend.cost'],
      [3, 'missing_value', 'spend.date'],
    ]);
  });

  test('a changed file brings all of its rows: of two imports the later counts', async () => {
    const bucket = dropped(csv, map);
    await bucket.run();
    bucket.drop('shop', map, 'orders.csv', csv.replace('1,234.50', '1,000.00'));
    await bucket.run();
    expect(bucket.spend().map(({ cost }) => cost)).toEqual([1234_5000, 49, 1000_0000, 49]);
  });
});
