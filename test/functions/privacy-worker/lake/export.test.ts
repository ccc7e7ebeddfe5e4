import { gunzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createLakeExport } from '../../../../functions/privacy-worker/lake/export.ts';
import type { LakeExportState } from '../../../../functions/privacy-worker/lake/types.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope, anOrder, aRecord, aTrack } from '../../../fixtures/events.ts';
import { aTransition } from '../../../fixtures/transitions.ts';
import { ALakeReach, Killed } from './a-lake-reach.ts';
import { aPerson } from './erase-all.ts';

const lake: ALake = await aLake();
beforeEach(() => lake.clear());
afterAll(() => lake[Symbol.asyncDispose]());

const ada = aPerson({ requestId: 'q-1', keys: ['user:ada-secret', 'anonymous:visitor-1'] });

async function exportAll(reach: ALakeReach): Promise<LakeExportState> {
  const lakeExport = createLakeExport(reach);
  let state = lakeExport.begin(ada);
  for (let steps = 0; steps < 200 && !lakeExport.isDone(state); steps += 1) {
    try {
      const next = await lakeExport.next(JSON.parse(JSON.stringify(state)), { profile: { traits: { name: 'Ada' } } });
      if (next !== 'wait') state = next;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      reach.isKilled = false;
    }
  }
  return state;
}

test('an archive holds all rows of the person by view, each once, and none of others; wherever it is killed', async () => {
  const envelope = anEnvelope([
    anOrder({ messageId: 'm-1', userId: 'ada-secret' }),
    aTrack({ messageId: 'm-2', userId: 'bob-secret', anonymousId: 'visitor-1' }),
    aTrack({ messageId: 'm-3', userId: undefined, anonymousId: 'visitor-1', event: '' }),
  ]);
  await lake.land(aRecord(envelope));
  await lake.land(aRecord(envelope, { sequenceNumber: '2'.padStart(56, '0') }));
  const items = [aTransition({ key: 'user:ada-secret' }), aTransition({ key: 'user:bob-secret' })];
  await lake.land(aRecord({ v: 1, kind: 'transitions', items }, { sequenceNumber: '3'.padStart(56, '0') }));
  const reach = new ALakeReach(lake, ARRIVAL);
  for (const effect of [0, 3, 7]) reach.killsBefore.add(effect).add(effect + 2);
  for (const effect of [1, 5, 12]) reach.killsAfter.add(effect);

  const { key, counts } = await exportAll(reach);

  const archive = JSON.parse(gunzipSync((await reach.files.read(key)) ?? '').toString());
  expect(archive).toMatchObject({
    request: 'q-1',
    exportedAt: '2026-03-02T10:00:00.000Z',
    profile: { traits: { name: 'Ada' } },
  });
  expect(archive.lake.events).toMatchObject([
    { message_id: 'm-1', user_id: 'ada-secret', total: '49.8000', is_bot: false },
  ]);
  expect(archive.lake.raw.map((row: { message_id: string }) => row.message_id).sort()).toEqual([
    'm-1',
    'm-1',
    'm-3',
    'm-3',
  ]);
  expect(archive.lake.failed_events).toMatchObject([{ message_id: 'm-3', record_index: 2 }]);
  expect(archive.lake.transitions).toMatchObject([{ person_key: 'user:ada-secret' }]);
  expect(archive.lake.recommendations).toEqual([]);
  expect(counts).toMatchObject({
    events: 1,
    raw: 4,
    failed_events: 1,
    transitions: 1,
    recommendations: 0,
    profiles: 0,
  });
  expect(JSON.stringify(archive)).not.toContain('bob-secret');
  expect(reach.resultNames).toEqual([]);
  expect(reach.queries.filter((sql) => sql.includes('secret'))).toEqual([]);
  expect((await reach.files.list('privacy/')).map((file) => file.key)).toEqual(['privacy/exports/q-1.json.gz']);
});
