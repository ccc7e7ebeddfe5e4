import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ReceivedRecord } from '../../../../shared/clean/cleaned-record.ts';
import { profileIdOf } from '../../../../shared/profile/new-profile.ts';
import { type ALake, aLake } from '../../../fixtures/a-lake.ts';
import { anEnvelope, aRecord, aTrack } from '../../../fixtures/events.ts';
import { aTransition } from '../../../fixtures/transitions.ts';
import { anHourInto, type Batch, expectedRows, FIRST_DAY, shown } from '../../sealer/a-history.ts';
import { ASealer } from '../../sealer/a-sealer.ts';
import { ALakeReach } from './a-lake-reach.ts';
import { aPerson, Eraser } from './erase-all.ts';

let lake: ALake;
beforeEach(async () => {
  lake = await aLake();
});
afterEach(() => lake[Symbol.asyncDispose]());

const views = ['raw', 'events', 'failed_events', 'transitions'];
const NAME = 'canary';
const nameOf = (person: number): string => `${NAME}-${person}`;

const message = fc.record({ person: fc.nat(2), id: fc.nat(3), isBad: fc.boolean() });
/** Records of one shard, hours apart; some come twice, in a batch of their own. */
const history = fc
  .array(
    fc.record({
      hours: fc.nat(12),
      messages: fc.array(message, { minLength: 1, maxLength: 3 }),
      areTransitions: fc.boolean(),
      isTwice: fc.boolean(),
    }),
    { minLength: 2, maxLength: 6 },
  )
  .map((records) => {
    let time = FIRST_DAY;
    return records.flatMap(({ hours, messages, areTransitions, isTwice }, at): Batch[] => {
      time += hours * 3_600_000;
      const record = recordOf(messages, areTransitions, time, at * 2);
      return isTwice ? [[record], [recordOf(messages, areTransitions, time, at * 2 + 1)]] : [[record]];
    });
  });

interface Said {
  readonly person: number;
  readonly id: number;
  readonly isBad: boolean;
}

function recordOf(said: readonly Said[], areTransitions: boolean, arrivedAt: number, at: number): ReceivedRecord {
  const sequenceNumber = String(49_590_338n * 10n ** 48n + BigInt(at));
  const over = { shardId: 'shardId-000000000000', arrivedAt, sequenceNumber };
  if (areTransitions) {
    const items = said.map(({ person, id }) => aTransition({ key: `user:${nameOf(person)}`, n: id + 1 }));
    return aRecord({ v: 1, kind: 'transitions', items }, over);
  }
  const events = said.map(({ person, id, isBad }) =>
    aTrack({ messageId: `m-${person}-${id}`, userId: nameOf(person), ...(isBad && { event: '' }) }),
  );
  return aRecord(anEnvelope(events, { receivedAt: new Date(arrivedAt).toISOString() }), over);
}

const sought = (person: number, requestId: string) =>
  aPerson({ requestId, keys: [`user:${nameOf(person)}`], profileIds: [profileIdOf(`user:${nameOf(person)}`)] });

async function land(batches: readonly Batch[]): Promise<void> {
  await lake.clear();
  for (const batch of batches) await lake.land(...batch);
}

async function visible(): Promise<Record<string, string[]>> {
  const sql = views.map((name) => `SELECT '${name}', day, shard_id, sequence_number, record_index FROM ${name}`);
  const rows = await lake.rows(sql.join('\nUNION ALL '));
  const of = (name: string) => rows.filter(([view]) => view === name).map((row) => shown(row.slice(1)));
  return Object.fromEntries(views.map((name) => [name, of(name).sort()]));
}

/** What would be seen if the person had never been there. */
function without(batches: readonly Batch[], people: readonly number[]): Record<string, string[]> {
  const keys = new Set(people.map(nameOf));
  const isTheirs = (row: string) => theirs.has(row);
  const theirs = new Set(
    batches.flat().flatMap(({ data, arrivedAt, shardId, sequenceNumber }) => {
      const { events, items } = JSON.parse(Buffer.from(data).toString());
      const day = new Date(arrivedAt).toISOString().slice(0, 10);
      const list: { readonly userId?: string; readonly key?: string }[] = events ?? items;
      return list.flatMap(({ userId, key }, at) =>
        keys.has(userId ?? key?.slice('user:'.length) ?? '') ? [shown([day, shardId, sequenceNumber, at])] : [],
      );
    }),
  );
  return Object.fromEntries(views.map((name) => [name, expectedRows(name, batches).filter((row) => !isTheirs(row))]));
}

const NEVER = 9_999;
/** A part for each row, and the files read again for each: the sealer takes many steps. */
const limits = { partBytes: 1, groupRows: 1, windowBytes: 1 };
/** Who takes the next turn, and after which effects of one the other takes a turn of its own. */
const turns = fc.array(fc.boolean(), { minLength: 20, maxLength: 60 });

test('sealing and erasing in any turns leave all rows of everybody else, and none of the erased', async () => {
  await fc.assert(
    fc.asyncProperty(history, turns, fc.array(fc.nat(60), { maxLength: 3 }), async (batches, order, kills) => {
      await land(batches);
      const reach = new ALakeReach(lake, anHourInto(12), { asksAthena: false });
      for (const kill of kills) (kill % 2 === 0 ? reach.killsBefore : reach.killsAfter).add(kill);
      const sealer = new ASealer(lake, reach.now);
      const eraser = new Eraser(reach, [sought(0, 'r-0'), sought(1, 'r-1')]);
      let turn = 0;
      const next = () => order[turn++ % order.length] === true;
      const seal = async () => {
        sealer.now = reach.now;
        await sealer.run({ states: reach.sealing, files: reach.files, clock: () => reach.now, limits }).catch(() => {
          reach.isKilled = false;
          reach.now += 1_000_000;
        });
      };
      let who: 'sealer' | 'eraser' | undefined;
      reach.afterEffect = async () => {
        if (who === undefined || !next()) return;
        const other = who === 'sealer' ? () => eraser.step() : seal;
        who = undefined;
        await other();
        who = other === seal ? 'eraser' : 'sealer';
      };
      for (let round = 0; round < 400 && !eraser.isDone; round += 1) {
        who = next() ? 'eraser' : 'sealer';
        await (who === 'eraser' ? eraser.step() : seal());
        who = undefined;
      }
      await eraser.all();
      reach.now += 3 * 86_400_000;
      for (let run = 0; run < 4; run += 1) {
        await seal();
        reach.now += 2_000_000;
      }
      expect(await visible()).toEqual(without(batches, [0, 1]));
      for (const [key, text] of await reach.texts()) {
        expect([key, text.includes(nameOf(0)), text.includes(nameOf(1))]).toEqual([key, false, false]);
      }
    }),
    { numRuns: 6 },
  );
});

const killed: readonly [when: string, kills: (reach: ALakeReach, effect: number) => void][] = [
  ['before', (reach, effect) => reach.killsBefore.add(effect)],
  ['after', (reach, effect) => reach.killsAfter.add(effect)],
];

test.each(killed)('a kill %s any effect leaves the same files and the same counts', async (_, kill) => {
  const batches = fc.sample(history, { numRuns: 20, seed: 7 }).find((each) => each.length === 3);
  const run = async (effect: number) => {
    await land(batches ?? []);
    const reach = new ALakeReach(lake, anHourInto(12), { asksAthena: false });
    const sealer = new ASealer(lake, reach.now);
    await sealer.run({ states: reach.sealing });
    reach.effects = 0;
    kill(reach, effect);
    const { counts } = await new Eraser(reach, [sought(0, 'r-0'), sought(1, 'r-1')]).all();
    const files = (await reach.files.list('')).filter(({ key }) => !key.startsWith('barriers/'));
    return { result: { counts, files, old: reach.old.length }, effects: reach.effects };
  };
  const whole = await run(NEVER);
  expect(Object.keys(whole.result.counts['r-0'] ?? {})).not.toEqual([]);
  for (let effect = 0; effect < whole.effects; effect += 1) {
    expect([effect, (await run(effect)).result]).toEqual([effect, whole.result]);
  }
});
