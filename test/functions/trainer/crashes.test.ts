import { describe, expect, test } from 'vitest';
import { LEASE_MS } from '../../../functions/adapters/lease.ts';
import { ATrainer, Killed } from './a-trainer.ts';

const DAY_MS = 86_400_000;

/** A night after another one: with files to delete, and a version to keep serving. */
async function aSecondNight(isEase: boolean): Promise<{ world: ATrainer; first: string }> {
  const world = new ATrainer();
  world.lake.isEase = isEase;
  for (let night = 0; night < 2; night += 1) {
    await world.nightly();
    world.now += DAY_MS;
  }
  const first = (await world.models.head())?.current.version ?? '';
  world.effects = 0;
  return { world, first };
}

/** Numbers of the effects of a night. */
async function effectsOf(isEase: boolean): Promise<number[]> {
  const { world } = await aSecondNight(isEase);
  await world.nightly();
  return Array.from({ length: world.effects }, (_, n) => n + 1);
}

const effects = await effectsOf(false);
const effectsByEase = await effectsOf(true);

test('a night has some thirty effects, and one by EASE more', () => {
  expect(effects.length).toBeGreaterThan(25);
  expect(effectsByEase.length).toBeGreaterThan(effects.length);
});

describe.each([
  ['before', 'together', effects],
  ['after', 'together', effects],
  ['before', 'by EASE', effectsByEase],
  ['after', 'by EASE', effectsByEase],
] as const)('killed %s, trained %s', (moment, method, own) => {
  test.each(own)('effect %d, the last good version serves, and the next run goes on or begins anew', async (killAt) => {
    const { world, first } = await aSecondNight(method === 'by EASE');
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
  });
});

describe.each([
  ['together', effects],
  ['by EASE', effectsByEase],
] as const)('trained %s, stopped for longer than its lease', (method, own) => {
  test.each(own)('at effect %d, a run that wakes again changes nothing that another has done', async (sleepAt) => {
    const { world, first } = await aSecondNight(method === 'by EASE');
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
  const { world, first } = await aSecondNight(false);
  await Promise.all([world.nightly(), world.nightly()]);
  const head = await world.models.head();
  expect(head?.previous[0]?.version).toBe(first);
  expect(await world.models.attempts()).toHaveLength(3);
  expect(await world.isServed()).toBe(true);
});
