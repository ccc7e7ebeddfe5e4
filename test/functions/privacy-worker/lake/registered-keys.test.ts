import { afterAll, beforeEach, expect, test } from 'vitest';
import { findKeysIn } from '../../../../functions/privacy-worker/lake/registered-keys.ts';
import { LakeQueryError } from '../../../../functions/privacy-worker/lake/search-step.ts';
import type { Key } from '../../../../schemas/stream/control.ts';
import { registerId } from '../../../../shared/privacy/register.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope, aRecord, aTrack } from '../../../fixtures/events.ts';
import { aTransition } from '../../../fixtures/transitions.ts';
import { ALakeReach } from './a-lake-reach.ts';

const lake: ALake = await aLake();
beforeEach(() => lake.clear());
afterAll(() => lake[Symbol.asyncDispose]());

const known: readonly Key[] = ['user:ada', 'anonymous:d-1', 'email:ada@x.org', 'user:cleo', 'crm:7'];

async function keysIn(reach: ALakeReach): Promise<Key[]> {
  const { athena, objects, files, tables, allTables, identity, database, workGroup, newId } = reach;
  const given = { athena, objects, files, tables, allTables, identity, database, workGroup, newId };
  const find = findKeysIn({ ...given, pause: async () => undefined });
  const found = new Set<Key>();
  for await (const key of find(known.map(registerId))) found.add(key);
  return [...found].sort();
}

test('names the keys of the register that stand in rows of any table, whatever became of them', async () => {
  const nothing = { type: 'nothing', userId: 'cleo' };
  const ids = Array.from({ length: 7 }, (_, at) => ({ type: 'crm', id: String(at + 1) }));
  const context = { externalIds: [...ids, 'no id', { type: 'crm' }] };
  const named = aTrack({ userId: 'bob', anonymousId: 'd-1', context });
  await lake.land(aRecord(anEnvelope([named, nothing, { type: 'identify', traits: { email: 'Ada@X.org' } }])));
  const items = [aTransition({ key: 'user:ada' }), aTransition({ key: 'user:bob' })];
  await lake.land(aRecord({ v: 1, kind: 'transitions', items }, { sequenceNumber: '9'.padStart(56, '0') }));

  expect(await keysIn(new ALakeReach(lake, ARRIVAL))).toEqual([...known].sort());
});

test('asks anew where a query fails, and gives up where it goes on failing', async () => {
  await lake.land(aRecord(anEnvelope([aTrack({ userId: 'ada' })])));
  const reach = new ALakeReach(lake, ARRIVAL);
  reach.failingQueries = 2;
  expect(await keysIn(reach)).toEqual(['user:ada']);
  reach.failingQueries = 3;
  await expect(keysIn(reach)).rejects.toThrow(LakeQueryError);
});
