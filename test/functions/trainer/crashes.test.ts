import { describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../../functions/adapters/lease.ts';
import { ATrainer, Killed } from './a-trainer.ts';

const DAY_MS = 86_400_000;

/** A night after another one: with files to delete, and a version to keep serving. */
async function aSecondNight(): Promise<{ world: ATrainer; first: string }> {
  const world = new ATrainer();
  for (let night = 0; night < 2; night += 1) {
    await world.nightly();
    world.now += DAY_MS;
  }
  const first = (await world.models.head())?.current.version ?? '';
  world.effects = 0;
  return { world, first };
}

const counted = await aSecondNight();
await counted.world.nightly();
const effects = Array.from({ length: counted.world.effects }, (_, n) => n + 1);

test('a night has some thirty effects', () => {
  expect(effects.length).toBeGreaterThan(25);
});

describe.each(['before', 'after'] as const)('killed %s', (moment) => {
  test.each(effects)(
    'effect %d, the last good version serves, and the next run goes on or begins anew',
    async (killAt) => {
      const { world, first } = await aSecondNight();
      let isKilled = false;
      world.around = async (_, number, now) => {
        if (!isKilled && number === killAt && now === moment) {
          isKilled = true;
          throw new Killed();
        }
        if (now === 'after') expect(await world.isServed()).toBe(true);
      };
      await world.nightly().catch(() => undefined);
      expect(isKilled).toBe(true);
      expect(await world.isServed()).toBe(true);

      await world.goOn();
      if ((await world.models.head())?.current.version === first) await world.nightly();
      const head = await world.models.head();
      expect(head?.current.version).not.toBe(first);
      expect(head?.previous[0]?.version).toBe(first);
      expect(await world.isServed()).toBe(true);
      expect(world.training?.step.name).toBe('over');
      const attempts = await world.models.attempts();
      expect(attempts.map(({ outcome }) => outcome)).toEqual(['published', 'published', 'published']);
      expect(attempts[0]?.version).toBe(head?.current.version);
      expect(world.runsWithFiles().sort()).toEqual([first, head?.current.version]);
    },
  );
});

describe('stopped for longer than its lease', () => {
  test.each(effects)('at effect %d, a run that wakes again changes nothing that another has done', async (sleepAt) => {
    const { world, first } = await aSecondNight();
    let sleeps = false;
    world.around = async (_, number, moment) => {
      if (sleeps || number !== sleepAt || moment !== 'before') return;
      sleeps = true;
      world.now += LEASE_MS + 1;
      await world.nightly();
    };
    await world.nightly();
    expect(sleeps).toBe(true);
    await world.goOn();

    const head = await world.models.head();
    expect(head?.current.version).not.toBe(first);
    expect(head?.previous.some(({ version }) => version === first)).toBe(true);
    expect(await world.isServed()).toBe(true);
    const outcomes = (await world.models.attempts()).map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['published']));
    expect(world.training?.step.name).toBe('over');
  });
});

test('of two runs at once one trains, the other leaves it alone', async () => {
  const { world, first } = await aSecondNight();
  await Promise.all([world.nightly(), world.nightly()]);
  const head = await world.models.head();
  expect(head?.previous[0]?.version).toBe(first);
  expect(await world.models.attempts()).toHaveLength(3);
  expect(await world.isServed()).toBe(true);
});
