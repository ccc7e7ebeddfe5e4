import { afterAll, beforeEach, expect, test } from 'vitest';
import { createRetention } from '../../../../functions/privacy-worker/lake/retention.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { anEnvelope, aRecord, aTrack } from '../../../fixtures/events.ts';
import { ASealer } from '../../sealer/a-sealer.ts';
import { ALakeReach } from './a-lake-reach.ts';

const lake: ALake = await aLake();
beforeEach(() => lake.clear());
afterAll(() => lake[Symbol.asyncDispose]());

const at = (day: string) => Date.parse(`${day}T12:00:00Z`);
const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];

async function landDays(): Promise<void> {
  for (const [number, day] of days.entries()) {
    const record = aRecord(anEnvelope([aTrack({ messageId: day })]), {
      arrivedAt: at(day),
      sequenceNumber: String(number).padStart(56, '0'),
    });
    await lake.land(record);
  }
}

const daysOf = async (view: string) => (await lake.rows(`SELECT day FROM ${view} ORDER BY 1`)).flat();

test('a day goes when so many whole days have passed since its end, of the tables that are named', async () => {
  await landDays();
  const reach = new ALakeReach(lake, Date.parse('2026-03-04T23:59:59.999Z'));
  const retention = createRetention(reach);
  expect(await retention.run({ raw: 2 })).toBe(1);
  expect(await daysOf('raw')).toEqual(days.slice(1));
  reach.now += 1;
  expect(await retention.run({ raw: 2 })).toBe(1);
  expect(await retention.run({ raw: 2 })).toBe(0);
  expect(await daysOf('raw')).toEqual(days.slice(2));
  expect(await daysOf('events')).toEqual(days);
});

test('sealed and landed days go alike, and what is left is seen as before', async () => {
  await landDays();
  const sealer = new ASealer(lake, at('2026-03-04'));
  for (let run = 0; run < 2; run += 1) await sealer.run();
  const reach = new ALakeReach(lake, at('2026-03-04'));
  reach.held = sealer.held;
  await createRetention(reach).run({ events: 1 });
  expect(await daysOf('events')).toEqual(['2026-03-03', '2026-03-04']);
  expect((await reach.files.folders('events_landed/')).concat(await reach.files.folders('events_sealed/'))).toEqual([
    'day=2026-03-03',
    'day=2026-03-04',
    'day=2026-03-03',
  ]);
  sealer.now = at('2026-03-05');
  for (let run = 0; run < 2; run += 1) await sealer.run();
  expect(await daysOf('events')).toEqual(['2026-03-03', '2026-03-04']);
});

test('nothing goes while the sealer is at work', async () => {
  await landDays();
  const reach = new ALakeReach(lake, at('2026-03-20'));
  reach.held = { state: { owner: 'sealer', leaseUntil: reach.now + 1, barriers: [] }, etag: 'x' };
  expect(await createRetention(reach).run({ raw: 1 })).toBe('wait');
  expect(await daysOf('raw')).toEqual(days);
});
