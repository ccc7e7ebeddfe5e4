import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Athena } from '@aws-sdk/client-athena';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Catalog } from '../../infra/local/services/athena/catalog.ts';
import { createAthenaService } from '../../infra/local/services/athena.ts';
import { createS3Service } from '../../infra/local/services/s3.ts';
import { lakeViews } from '../../schemas/lake/views.ts';
import type { IdentityChange } from '../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../../shared/clean/cleaned-record.ts';
import { landedRows } from '../../shared/lake/landed-rows.ts';
import { landedKey } from '../../shared/lake/object-key.ts';
import { parquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { readBatch } from '../../shared/lake/read-batch.ts';
import { lakeCatalog } from '../fixtures/a-lake.ts';
import { ARRIVAL, anEnvelope, aRecord, aTrack } from '../fixtures/events.ts';
import { aTransition } from '../fixtures/transitions.ts';
import { type LocalAws, startLocalAws } from '../infra/local/services/local-aws.ts';

let aws: LocalAws;
let athena: Athena;

const catalog: Catalog = {
  ...lakeCatalog,
  workGroups: [{ name: 'test', outputLocation: 's3://lake/results/' }],
};

beforeAll(async () => {
  aws = await startLocalAws([createS3Service, createAthenaService]);
  athena = new Athena(aws.clientConfig());
  await mkdir(path.join(aws.dataDir, 'state'), { recursive: true });
  await writeFile(path.join(aws.dataDir, 'state', 'catalog.json'), JSON.stringify(catalog));
});
afterAll(async () => {
  athena.destroy();
  await aws[Symbol.asyncDispose]();
});
beforeEach(emptyLake);

const lake = () => path.join(aws.dataDir, 's3', 'lake');

async function emptyLake(): Promise<void> {
  await rm(lake(), { recursive: true, force: true });
  await mkdir(lake(), { recursive: true });
}

/** Lands records as one batch, as the lake-writer does. */
async function land(...records: ReceivedRecord[]): Promise<void> {
  const [first] = records;
  if (!first) return;
  for (const rows of landedRows(readBatch(records)).filter(({ count }) => count > 0)) {
    const file = path.join(lake(), landedKey(rows.table.name, first));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, parquetFile(rows));
  }
}

async function run(sql: string) {
  const { QueryExecutionId } = await athena.startQueryExecution({ QueryString: sql, WorkGroup: 'test' });
  for (;;) {
    const { QueryExecution } = await athena.getQueryExecution({ QueryExecutionId });
    const { State, StateChangeReason } = QueryExecution?.Status ?? {};
    if (State === 'FAILED') throw new Error(StateChangeReason);
    if (State === 'SUCCEEDED') break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const { ResultSet } = await athena.getQueryResults({ QueryExecutionId });
  const [names = [], ...rows] = (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map((cell) => cell.VarCharValue));
  return { names, rows };
}

const query = async (sql: string) => (await run(sql)).rows;

const link = (profileKey: string, parentKey: string | null, moves = 1): IdentityChange => ({
  profileKey,
  parentKey,
  moves,
  time: ARRIVAL,
});
const identities = (...items: IdentityChange[]) => aRecord({ v: 1, kind: 'identities', items });
const transitions = (...items: ReturnType<typeof aTransition>[]) => aRecord({ v: 1, kind: 'transitions', items });
const people = async () => Object.fromEntries(await query('SELECT profile_key, person_key FROM identities'));

/** Views that always have one row. */
const always = ['sealing', 'reporting'];

test.each(lakeViews.map(({ name }) => name))('%s can be read while nothing has landed', async (name) => {
  expect(await query(`SELECT * FROM ${name}`)).toHaveLength(always.includes(name) ? 1 : 0);
});

test.each(lakeViews.map((view) => [view.name, view] as const))('%s has its columns in order', async (name, view) => {
  const { names } = await run(`SELECT * FROM ${name}`);
  expect(names).toEqual(view.columns.map((column) => column.name));
});

describe('identities', () => {
  test('names the person of each key, whatever the number of steps up to eight', async () => {
    const chain = Array.from({ length: 8 }, (_, step) => link(`k:${step}`, `k:${step + 1}`));
    await land(identities(...chain));
    expect(await people()).toEqual(Object.fromEntries(chain.map(({ profileKey }) => [profileKey, 'k:8'])));
  });

  test('follows the latest change of each key, in whatever order they landed', async () => {
    await land(identities(link('anonymous:a', 'user:bob', 2), link('anonymous:b', null, 2)));
    await land(identities(link('anonymous:a', 'user:ada', 1), link('anonymous:b', 'user:ada', 1)));
    expect(await people()).toEqual({ 'anonymous:a': 'user:bob', 'anonymous:b': 'anonymous:b' });
  });

  test('says what joined a key last, and how often that changed', async () => {
    const joined = { ...link('anonymous:a', 'user:ada'), why: 'identify' as const, messageId: 'm' };
    await land(
      identities({ ...link('anonymous:a', null, 2), why: 'split' }, joined, {
        ...link('anonymous:b', 'user:ada'),
        why: 'alias',
      }),
    );
    expect(await query('SELECT profile_key, parent_key, moves, why FROM identity_links ORDER BY 1')).toEqual([
      ['anonymous:a', undefined, '2', 'split'],
      ['anonymous:b', 'user:ada', '1', 'alias'],
    ]);
  });

  test('moves all below a key that moves', async () => {
    await land(identities(link('anonymous:a', 'email:x'), link('email:x', 'user:ada'), link('user:ada', 'user:ada2')));
    expect(await people()).toEqual({ 'anonymous:a': 'user:ada2', 'email:x': 'user:ada2', 'user:ada': 'user:ada2' });
    await land(identities(link('email:x', null, 2)));
    expect(await people()).toEqual({ 'anonymous:a': 'email:x', 'email:x': 'email:x', 'user:ada': 'user:ada2' });
  });

  test('is a walk up the latest parents, for any forest', async () => {
    const forest = fc.array(fc.tuple(fc.nat(40), fc.option(fc.nat(40), { nil: null })), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(forest, async (pairs) => {
        await emptyLake();
        // A parent has a higher number, so that there is no cycle; chains longer than eight are cut by a step of ten.
        const changes = pairs.map(([child, parent], place) =>
          link(`k:${child}`, parent === null || parent <= child + 9 ? null : `k:${parent}`, place + 1),
        );
        await land(...changes.map((change) => identities(change)));
        const parents = new Map(changes.map(({ profileKey, parentKey }) => [profileKey, parentKey]));
        const rootOf = (key: string): string => {
          const parent = parents.get(key);
          return parent ? rootOf(parent) : key;
        };
        expect(await people()).toEqual(Object.fromEntries([...parents.keys()].map((key) => [key, rootOf(key)])));
      }),
      { numRuns: 25 },
    );
  });
});

describe('events', () => {
  test('shows each event under the person whose it is by now', async () => {
    const sent = (ids: object, messageId: string) =>
      aRecord(anEnvelope([aTrack({ userId: undefined, ...ids, messageId })]));
    await land(
      sent({ anonymousId: 'a' }, 'm-1'),
      sent({ userId: 'ada' }, 'm-2'),
      sent({ anonymousId: 'stranger' }, 'm-3'),
      identities(link('anonymous:a', 'email:x'), link('email:x', 'user:ada')),
    );
    expect(await query('SELECT message_id, profile_key, person_key FROM events ORDER BY 1')).toEqual([
      ['m-1', 'anonymous:a', 'user:ada'],
      ['m-2', 'user:ada', 'user:ada'],
      ['m-3', 'anonymous:stranger', 'anonymous:stranger'],
    ]);
  });

  test('has one row a message still, when batches were cut anew', async () => {
    const event = aRecord(anEnvelope([aTrack({ anonymousId: 'a', userId: undefined, messageId: 'm' })]));
    const joined = identities(link('anonymous:a', 'user:ada'));
    await land(event, joined);
    await land(joined, event);
    expect(await query('SELECT message_id, person_key FROM events')).toEqual([['m', 'user:ada']]);
  });
});

describe('transitions and members', () => {
  test('a transition that was published twice is one row', async () => {
    await land(transitions(aTransition()), transitions(aTransition()));
    await land(transitions(aTransition()));
    expect(await query('SELECT transition_id, change, cause_event FROM transitions')).toEqual([
      [aTransition().id, 'entered', 'Order Completed'],
    ]);
  });

  test('whoever entered last and has not left is a member', async () => {
    await land(
      transitions(
        aTransition({ n: 1 }),
        aTransition({ n: 2, segmentId: 'readers', at: ARRIVAL + 1000, version: 3 }),
        aTransition({ n: 3, to: 'exited' }),
        aTransition({ key: 'user:bob', n: 1 }),
        aTransition({ key: 'user:bob', n: 2, to: 'exited' }),
        aTransition({ key: 'user:bob', n: 10, at: ARRIVAL + 5000 }),
      ),
    );
    expect(await query('SELECT segment_id, person_key, since, version FROM segment_members ORDER BY 1')).toEqual([
      ['buyers', 'user:bob', '2026-03-02 10:00:05.000', '1'],
      ['readers', 'user:ada', '2026-03-02 10:00:01.000', '3'],
    ]);
  });
});
