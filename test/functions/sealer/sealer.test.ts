import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ALake, aLake } from '../../fixtures/a-lake.ts';
import { anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';
import { ASealer } from './a-sealer.ts';

let lake: ALake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());
beforeEach(() => lake.clear());

const HOUR_MS = 3_600_000;
const at = (time: string) => Date.parse(`2026-${time}:00Z`);
const land = (time: string, ...messageIds: string[]) =>
  lake.land(aRecord(anEnvelope(messageIds.map((messageId) => aTrack({ messageId }))), { arrivedAt: at(time) }));
const events = async () =>
  (await lake.rows('SELECT message_id, day FROM events ORDER BY 1, 2')).map((row) => row.join(' '));
const boundary = async () => (await lake.rows('SELECT sealed_before FROM sealing'))[0]?.[0];
const keysOf = async (sealer: ASealer, table: string) => (await sealer.files.list(`${table}/`)).map(({ key }) => key);

describe('when a day is sealed', () => {
  test('only after a barrier that was put when it had ended has come out at the lake', async () => {
    await land('03-02T23:59', 'a');
    const sealer = new ASealer(lake, at('03-03T00:10'));
    sealer.passesBarriers = false;
    await sealer.run();
    expect(sealer.barriers).toEqual([]);

    sealer.now = at('03-03T00:20');
    await sealer.run();
    await sealer.run();
    expect(sealer.barriers).toHaveLength(1);
    expect(await boundary()).toBe('');

    await sealer.pass(sealer.barriers[0] as string);
    await sealer.run();
    expect(await boundary()).toBe('2026-03-03');
    expect(await events()).toEqual(['a 2026-03-02']);
  });

  test('a barrier that never comes out is put again', async () => {
    await land('03-02T10:00', 'a');
    const sealer = new ASealer(lake, at('03-03T01:00'));
    sealer.passesBarriers = false;
    await sealer.run();
    sealer.now += 7 * HOUR_MS;
    await sealer.run();
    expect(sealer.barriers).toHaveLength(2);
    await sealer.pass(sealer.barriers[1] as string);
    await sealer.run();
    expect(await boundary()).toBe('2026-03-03');
  });

  test('a barrier of the day before says nothing of the day after', async () => {
    await land('03-02T10:00', 'a');
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.run();
    await land('03-03T10:00', 'b');
    sealer.passesBarriers = false;
    sealer.now = at('03-04T01:00');
    await sealer.run();
    expect(await boundary()).toBe('2026-03-03');
    expect(sealer.logged.at(-1)).toMatchObject({ code: 'sealing', daysBehind: 1 });
  });

  test('never the current day, and days without files cost nothing', async () => {
    await land('03-02T10:00', 'a');
    await land('03-20T10:00', 'b');
    const sealer = new ASealer(lake, at('03-20T23:00'));
    await sealer.runAll();
    expect(await boundary()).toBe('2026-03-03');
    expect(sealer.logged.at(-1)).toMatchObject({ code: 'sealing', daysBehind: 0 });
    expect(await keysOf(sealer, 'events_sealed')).toEqual(['events_sealed/day=2026-03-02/part-000000.parquet']);
  });

  test('a lake in which nothing landed is left alone', async () => {
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.runAll();
    expect([sealer.barriers, await keysOf(sealer, 'lake_marks')]).toEqual([[], []]);
  });
});

describe('copies', () => {
  test('count once within seven days, on whatever side of the boundary they lie', async () => {
    await land('03-02T10:00', 'a', 'a');
    await land('03-09T10:00', 'a', 'b');
    await land('03-17T10:00', 'a');
    const sealer = new ASealer(lake, at('03-05T01:00'));
    const rows = ['a 2026-03-02', 'a 2026-03-17', 'b 2026-03-09'];
    expect(await events()).toEqual(rows);
    for (const day of ['03-05', '03-10', '03-18', '03-19']) {
      sealer.now = at(`${day}T01:00`);
      await sealer.runAll();
      expect(await events()).toEqual(rows);
    }
  });

  test('ids are kept for as long as copies are looked for, and no longer', async () => {
    await land('03-02T10:00', 'a');
    await land('03-11T10:00', 'b');
    const sealer = new ASealer(lake, at('03-12T01:00'));
    await sealer.runAll();
    sealer.now += 25 * HOUR_MS;
    await sealer.runAll();
    expect(await sealer.files.folders('sealed_ids/')).toEqual(['day=2026-03-11']);
  });
});

test('what is written before the boundary moves is not seen, and hides nothing', async () => {
  await land('03-02T10:00', 'a', 'b');
  const sealer = new ASealer(lake, at('03-03T01:00'));
  await sealer.run();
  const write = (key: string, body: Uint8Array) =>
    key.startsWith('lake_marks/') ? Promise.reject(new Error('killed')) : sealer.files.write(key, body);
  await expect(sealer.run({ files: { ...sealer.files, write } })).rejects.toThrow('killed');
  expect(await keysOf(sealer, 'events_sealed')).toHaveLength(1);
  expect(await keysOf(sealer, 'sealed_ids')).not.toEqual([]);
  expect(await events()).toEqual(['a 2026-03-02', 'b 2026-03-02']);
  await land('03-03T00:30', 'a', 'c');
  expect(await events()).toEqual(['a 2026-03-02', 'b 2026-03-02', 'c 2026-03-03']);
});

describe('sealed files', () => {
  test('are sorted by profile and time, cut at their size, and hold each row once', async () => {
    for (let batch = 0; batch < 6; batch += 1) {
      const messages = Array.from({ length: 5 }, (_, index) =>
        aTrack({
          messageId: `m-${batch}-${index}`,
          userId: `u-${(index * 7 + batch * 3) % 5}`,
          timestamp: new Date(at('03-02T09:00') + ((index * 11 + batch * 5) % 13) * 60_000).toISOString(),
        }),
      );
      await lake.land(aRecord(anEnvelope(messages), { arrivedAt: at('03-02T10:00') + batch }));
    }
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.runAll();
    expect((await keysOf(sealer, 'events_sealed')).length).toBeGreaterThan(2);
    const rows = await lake.rows('SELECT "$path", profile_key, event_time FROM events_sealed');
    const inFiles = rows.map((row) => row.join(' '));
    expect(inFiles).toEqual([...inFiles].sort());
    expect(inFiles).toHaveLength(30);
  });

  test('an attempt that left more parts leaves none behind', async () => {
    await land('03-02T10:00', 'a');
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.files.write('events_sealed/day=2026-03-02/part-000001.parquet', Buffer.from('left over'));
    await sealer.runAll();
    expect(await keysOf(sealer, 'events_sealed')).toEqual(['events_sealed/day=2026-03-02/part-000000.parquet']);
  });

  test('of a day whose landed files are gone do not come to light', async () => {
    await land('03-02T10:00', 'a');
    await land('03-03T10:00', 'b');
    const sealer = new ASealer(lake, at('03-04T01:00'));
    await lake.rows('SELECT 1 FROM sealing');
    await sealer.files.write('events_sealed/day=2026-03-01/part-000000.parquet', Buffer.from('left over'));
    await sealer.runAll();
    expect(await events()).toEqual(['a 2026-03-02', 'b 2026-03-03']);
    expect(await sealer.files.folders('events_sealed/')).toEqual(['day=2026-03-02', 'day=2026-03-03']);
  });

  test('a day that was begun with other files is begun anew', async () => {
    for (let batch = 0; batch < 4; batch += 1)
      await land(`03-02T10:0${batch}`, ...'abcde'.split('').map((c) => c + batch));
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.run();
    sealer.afterEffect = async () => {
      if (sealer.held?.state.progress?.table?.name === 'events_landed') throw new Error('killed');
    };
    await sealer.run().catch(() => undefined);
    expect(sealer.held?.state.progress?.table).toMatchObject({ name: 'events_landed', parts: 1 });
    sealer.afterEffect = async () => undefined;
    // Of a person who comes before all others: the rows of the first part are others now.
    const another = anEnvelope([aTrack({ messageId: 'another', userId: 'a' })]);
    await lake.land(aRecord(another, { arrivedAt: at('03-02T09:00') }));
    sealer.now += HOUR_MS;
    await sealer.runAll();
    expect(new Set(await events()).size).toBe(21);
    expect(await events()).toHaveLength(21);
  });
});

test('when a day is sealed, nothing is looked for until the next is over, or landed files may go', async () => {
  await land('03-02T10:00', 'a');
  const sealer = new ASealer(lake, at('03-03T01:00'));
  await sealer.runAll();
  const looks: string[] = [];
  const folders = (prefix: string) => {
    looks.push(prefix);
    return sealer.files.folders(prefix);
  };
  const looksAt = async (time: string) => {
    looks.length = 0;
    sealer.now = at(time);
    await sealer.run({ files: { ...sealer.files, folders } });
    return looks.length > 0;
  };
  expect(await looksAt('03-03T23:50')).toBe(false);
  expect(await looksAt('03-04T00:10')).toBe(false);
  expect(await looksAt('03-04T00:16')).toBe(true);
  expect(await looksAt('03-04T00:30')).toBe(false);
  expect(await looksAt('03-04T01:20')).toBe(true);
});

describe('one run at a time', () => {
  test('a run that finds another at work ends at once', async () => {
    await land('03-02T10:00', 'a');
    const sealer = new ASealer(lake, at('03-03T01:00'));
    let inner = 0;
    sealer.afterEffect = async () => {
      sealer.afterEffect = async () => undefined;
      const before = sealer.effects;
      await sealer.run();
      inner = sealer.effects - before;
    };
    await sealer.run();
    expect(inner).toBe(0);
  });

  test('a run stops before its time is up, and the next goes on behind its last part', async () => {
    for (let batch = 0; batch < 6; batch += 1)
      await land(`03-02T10:0${batch}`, ...'abcde'.split('').map((c) => c + batch));
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.run();
    const written: string[] = [];
    const files = {
      ...sealer.files,
      write: async (key: string, body: Uint8Array) => {
        if (key.startsWith('events_sealed/')) written.push(key);
        await sealer.files.write(key, body);
        sealer.now += 6 * 60_000;
      },
    };
    for (let run = 0; run < 20; run += 1) {
      await sealer.run({ files });
      sealer.now += HOUR_MS;
    }
    expect(written.length).toBeGreaterThan(2);
    expect(new Set(written).size).toBe(written.length);
    expect((await events()).length).toBe(30);
    expect(await boundary()).toBe('2026-03-03');
  });
});

describe('landed files', () => {
  test('stay for the grace, then go; what came to a sealed day later is seen on an open one, once', async () => {
    await land('03-02T10:00', 'a');
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.runAll();
    sealer.now = at('03-03T23:00');
    await sealer.run();
    expect(await keysOf(sealer, 'events_landed')).toHaveLength(1);
    sealer.now = at('03-04T02:00');
    await sealer.run();
    expect(await keysOf(sealer, 'events_landed')).toEqual([]);

    await land('03-02T11:00', 'a', 'b');
    expect(await events()).toEqual(['a 2026-03-02']);
    sealer.now = at('03-05T01:00');
    await sealer.run();
    expect((await keysOf(sealer, 'events_landed')).map((key) => key.slice(0, 50))).toEqual([
      'events_landed/day=2026-03-05/late-2026-03-02-shard',
    ]);
    expect(await events()).toEqual(['a 2026-03-02', 'b 2026-03-05']);
    sealer.now = at('03-06T01:00');
    await sealer.runAll();
    await land('03-02T12:00', 'a', 'b');
    sealer.now = at('03-07T03:00');
    await sealer.runAll();
    expect(await events()).toEqual(['a 2026-03-02', 'b 2026-03-05']);
  });

  test('of a batch that was cut anew while its day was sealed lose no row', async () => {
    const batch = (...ids: string[]) =>
      aRecord(anEnvelope(ids.map((messageId) => aTrack({ messageId }))), {
        arrivedAt: at('03-02T10:00'),
        sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
      });
    await lake.land(batch('a', 'b'));
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.run();
    // A consumer that was set back writes the first half over the file, and the other when the day is sealed.
    await lake.land(batch('a'));
    await sealer.run();
    expect(await boundary()).toBe('2026-03-03');
    expect(await events()).toEqual(['a 2026-03-02']);
    await land('03-02T10:01', 'b');
    sealer.now = at('03-04T02:00');
    await sealer.runAll();
    expect(await events()).toEqual(['a 2026-03-02', 'b 2026-03-04']);
  });

  test('a row on a sealed day, where nobody sees it, does not hide one that can be seen', async () => {
    await land('03-02T10:00', 'a');
    const sealer = new ASealer(lake, at('03-03T01:00'));
    await sealer.runAll();
    await land('03-02T11:00', 'late');
    await land('03-04T10:00', 'late');
    expect(await events()).toEqual(['a 2026-03-02', 'late 2026-03-04']);
  });
});
