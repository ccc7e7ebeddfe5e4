import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences, reconcile } from '../../infra/local/demo/reconciliation.ts';
import { replay } from '../../infra/local/demo/replay.ts';
import { generateStore, type Store } from '../../infra/local/demo/store.ts';
import { type Headwater, startHeadwater, WRITE_KEY } from './headwater.ts';
import { reconcileProfiles } from './profile-reconciliation.ts';

const consumers = ['ProfilesUpdater', 'LakeWriter', 'AudienceWriter'] as const;

/** The history of a store ends here, whenever the test runs: each run sends the same. */
const END = new Date('2026-11-01T12:00:00Z');

async function send(store: Store, headwater: Headwater): Promise<void> {
  const { unexpected } = await replay(store, { apiUrl: headwater.url, writeKey: WRITE_KEY, now: () => new Date() });
  expect(unexpected).toEqual([]);
}

async function expectExact(store: Store, headwater: Headwater): Promise<void> {
  await headwater.settled();
  expect(differences(await reconcile(store.ledger, headwater.query))).toEqual([]);
  expect(differences(await reconcileProfiles(store.ledger, headwater))).toEqual([]);
}

/** A test under fire that kills less has shown nothing. */
const KILLS = 6;

/** Kills each consumer with SIGKILL every 500 to 2,500 ms while the work goes on, and says how often it did. */
async function underFire(headwater: Headwater, work: Promise<unknown>): Promise<number> {
  let kills = 0;
  let over = false;
  const fire = async (name: string) => {
    while (!over) {
      await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 2000));
      kills += headwater.kill(name);
    }
  };
  const fires = consumers.map(fire);
  await work.finally(() => {
    over = true;
  });
  await Promise.all(fires);
  return kills;
}

describe('the demo store, with its dirt', () => {
  const store = generateStore({ seed: 'headwater', end: END, people: 450 });
  let headwater: Headwater;

  beforeAll(async () => {
    headwater = await startHeadwater(undefined, { sandboxes: 2 });
    await send(store, headwater);
  });

  afterAll(() => headwater?.stop());

  test('equals its ledger, total by total and profile by profile', async () => {
    await expectExact(store, headwater);
  });

  test('is received message by message', async () => {
    const { sent, refused } = store.ledger.messages;
    expect(await headwater.query('SELECT count(*) AS n FROM raw')).toEqual([{ n: String(sent - refused) }]);
  });

  test('is the same after a replay of the whole stream, with all consumers killed at random moments', async () => {
    for (let kills = 0; kills < KILLS; ) {
      await headwater.runtime.rewind();
      kills += await underFire(headwater, headwater.settled());
    }
    await expectExact(store, headwater);
  });

  test('survives a restart of the whole runtime', async () => {
    headwater = await headwater.restart();
    await expectExact(store, headwater);
  });
});

test('a store that arrives while all consumers are killed at random moments equals its ledger', async () => {
  const store = generateStore({ seed: 'under fire', end: END, people: 300 });
  const headwater = await startHeadwater(undefined, { sandboxes: 2 });
  try {
    const work = send(store, headwater).then(() => headwater.settled());
    expect(await underFire(headwater, work)).toBeGreaterThanOrEqual(KILLS);
    await expectExact(store, headwater);
  } finally {
    await headwater.stop();
  }
});
