import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReplayRequest } from '../../../schemas/replay.ts';
import { anEnvelope, aRecord, aTrack, type Message } from '../../fixtures/events.ts';
import { joinedPersons } from '../profile-updater/scenarios.ts';
import type { ReplayWorld } from './a-world.ts';
import { aWorld, end, everybody, expectSamePersons, HOUR } from './plays.ts';

const failed: ReplayRequest = { kind: 'failed', days: everybody.days, isDry: false };
const nobody = { type: 'track', event: 'Product Viewed' };

/** Messages that had failed when they came, each in a record of its own or together. */
const fail = (world: ReplayWorld, ...messages: readonly Message[]) =>
  world.lake.landAsFailed(aRecord(anEnvelope([...messages]), { arrivedAt: world.live.now }));

const messageIds = (world: ReplayWorld, table: string) => world.lake.rows(table).map((row) => row.message_id);

describe('failed events that are run again', () => {
  it('count once in profiles and lake, wherever a run was killed, however often it is done', async () => {
    await fc.assert(
      fc.asyncProperty(joinedPersons, async (happenings) => {
        const messages = happenings.flatMap((happening) => ('send' in happening ? [happening.send] : []));
        const half = Math.ceil(messages.length / 2);
        const other = await aWorld([]);
        other.live.send(...messages);
        const expected = (await end(other)).live.persons();
        const start = async () => {
          const world = await aWorld([]);
          world.live.send(...messages.slice(half));
          await world.drain();
          for (const message of messages.slice(0, half)) fail(world, message);
          await world.start(failed);
          return world;
        };
        const { calls } = await (await start()).run();
        for (let killAt = 1; killAt <= calls; killAt += 3) {
          const world = await start();
          await world.run(killAt);
          while ((await world.run()).answer?.replay?.state === 'running');
          await world.drain();
          // Long after everybody has forgotten the ids.
          world.live.now += 10 * 24 * HOUR;
          const again = await world.replay(failed);
          expect(again.counts.passes ?? 0, `killed at call ${killAt}`).toBe(0);
          await end(world);
          expect(world.live.persons().map(({ keys, profile }) => [keys, profile.eventCount])).toEqual(
            expected.map(({ keys, profile }) => [keys, profile.eventCount]),
          );
          expect(new Set(messageIds(world, 'events_landed'))).toEqual(new Set(messageIds(other, 'events_landed')));
        }
      }),
      { numRuns: 8 },
    );
  });

  it('are told apart: what passes, what fails once more, and what is an event by now', async () => {
    const world = await aWorld([]);
    fail(world, aTrack({ messageId: 'm-1' }), aTrack({ messageId: undefined }), { ...nobody, messageId: 'm-2' });
    fail(world, aTrack({ messageId: 'm-3' }));
    world.live.send(aTrack({ messageId: 'm-3' }));
    await world.drain();
    const dry = await world.replay({ ...failed, isDry: true });
    expect(dry.counts).toMatchObject({ read: 4, passes: 2, fails: 1, known: 1 });
    await world.drain();
    expect(messageIds(world, 'events_landed')).toEqual(['m-3']);
    expect((await world.replay(failed)).counts).toMatchObject({ read: 4, passes: 2, fails: 1, known: 1 });
    await world.drain();
    expect((await world.replay(failed)).counts).toMatchObject({ read: 2, fails: 1, known: 1 });
    expect(world.live.persons().map(({ profile }) => profile.eventCount)).toEqual([3]);
  });

  it('are counted where they came to count when profiles are folded anew', async () => {
    const world = await aWorld([]);
    fail(world, aTrack({ messageId: undefined }), aTrack({ messageId: 'm-1' }));
    await world.replay(failed);
    await world.drain();
    const before = world.live.persons();
    expect((await world.replay(everybody)).counts).toMatchObject({ same: 1 });
    expectSamePersons(world.live.persons(), before);
  });

  it('of a day that Athena cannot query leave everything as it is, with its reason', async () => {
    const world = await aWorld([]);
    fail(world, aTrack());
    world.failsQuery = () => true;
    expect(await world.replay(failed)).toMatchObject({
      state: 'failed',
      failure: expect.stringContaining('said by a test'),
    });
  });
});

describe('one replay at a time', () => {
  it('refuses another, joins the same, and leaves the clock out while a command has it go on', async () => {
    const world = await aWorld([]);
    const { replay } = await world.start(everybody);
    expect(await world.start(everybody)).toMatchObject({ replay: { id: replay?.id } });
    expect(await world.start(failed)).toMatchObject({ refused: true, replay: { id: replay?.id } });
    expect((await world.replay(everybody)).id).toBe(replay?.id);
    expect((await world.start(failed)).refused).toBeUndefined();
  });
});
