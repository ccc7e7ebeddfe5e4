import { expect, test } from 'vitest';
import { TrainingFailedError } from '../../../functions/trainer/trainer.ts';
import { ATrainer, ITEMS, readAsJson } from './a-trainer.ts';

test('a night makes a version, and has it served', async () => {
  const world = new ATrainer();
  const { training } = await world.nightly();

  expect(training).toMatchObject({ state: 'published', version: expect.stringMatching(/^20260302T030000Z-\w{4}$/) });
  expect(await world.isServed()).toBe(true);
  const head = await world.models.head();
  expect(head).toMatchObject({ current: { version: training?.version, interactions: 100 }, previous: [] });
  const neighbours = await world.models.neighbours(training?.version ?? '', [0, 4]);
  expect([...(neighbours.get(0)?.collaborative.items ?? [])]).toEqual([1]);
  expect([...(neighbours.get(0)?.content.items ?? [])]).toEqual([1]);
  expect([...(neighbours.get(4)?.collaborative.items ?? [])]).toEqual([]);
  expect([...(neighbours.get(4)?.content.items ?? [])]).toEqual([0]);
  expect(await world.models.attempts()).toMatchObject([{ outcome: 'published', trained: { items: ITEMS } }]);
  expect(world.printed).toMatchObject([{ TrainingsUpToDate: 1, ModelsRefused: 0 }]);
});

test('learns what events tell of items, and shows the catalog in the lake before it asks for anything else', async () => {
  const world = new ATrainer();
  await world.nightly();
  expect(world.items.get('shoe')?.learnt).toMatchObject({ title: 'A shoe', price: 20, currency: 'EUR' });
  expect([...world.files.keys()].some((key) => key.startsWith('catalog_items/day=2026-03-02/'))).toBe(true);
  const order = [...world.queries.values()].map(({ sql }) => sql);
  expect(order[0]).toContain('item_id');
  expect(order[1]).toBe('SELECT count(*) FROM interactions');
});

test('keeps the last two snapshots of the catalog', async () => {
  const world = new ATrainer();
  for (let night = 0; night < 4; night += 1) {
    await world.nightly();
    world.now += 86_400_000;
  }
  const days = [...world.files.keys()].flatMap((key) => /^catalog_items\/day=([\d-]+)/.exec(key)?.[1] ?? []);
  expect(days).toEqual(['2026-03-04', '2026-03-05']);
});

test('nothing to learn from is no version, and no trouble', async () => {
  const world = new ATrainer();
  await world.serve('v0');
  world.lake.interactions = 0;
  const { training } = await world.nightly();
  expect(training).toMatchObject({ state: 'nothing', reason: expect.stringContaining('nothing to learn from') });
  expect((await world.models.head())?.current.version).toBe('v0');
  expect(await world.models.attempts()).toMatchObject([{ outcome: 'nothing' }]);
  expect(world.printed).toMatchObject([{ TrainingsUpToDate: 1 }]);
});

test.each([
  ['as good', 0.1, 0.1, 'published'],
  ['a little worse', 0.1, 0.091, 'published'],
  ['worse beyond the tolerance', 0.1, 0.089, 'refused'],
  ['no number', 0.1, Number.NaN, 'refused'],
  ['better', 0.1, 0.3, 'published'],
])('a version that is %s (%d, then %d) is %s', async (_, present, ndcg, outcome) => {
  const world = new ATrainer();
  await world.serve('v0', present);
  world.lake.ndcg = ndcg;
  const { training } = await world.nightly();
  expect(training?.state).toBe(outcome);
  const served = (await world.models.head())?.current.version;
  expect(served).toBe(outcome === 'published' ? training?.version : 'v0');
  expect(await world.models.attempts()).toMatchObject([{ outcome, before: 'v0' }]);
  expect(world.printed.at(-1)).toMatchObject({ ModelsRefused: outcome === 'refused' ? 1 : 0 });
});

test('a refused version says why, with both figures', async () => {
  const world = new ATrainer();
  await world.serve('v0', 0.2);
  const { training } = await world.nightly();
  expect(training?.reason).toBe('Its NDCG is 0.1000, that of v0, which is served, 0.2000: worse by more than 10 %.');
  expect(world.logged).toContainEqual(expect.objectContaining({ level: 'warn', code: 'training_refused' }));
});

test('a version that is about to go by itself is replaced by a worse one', async () => {
  const world = new ATrainer();
  await world.serve('v0', 0.9, world.now - 31 * 86_400_000);
  expect((await world.nightly()).training?.state).toBe('published');
});

test('is compared with what is served at the moment of its publication', async () => {
  const world = new ATrainer();
  await world.serve('v0', 0.05);
  let isDone = false;
  world.around = async (what, _, moment) => {
    if (isDone || moment !== 'before' || what !== 'put model') return;
    isDone = true;
    await world.serve('v1', 0.9);
  };
  expect((await world.nightly()).training).toMatchObject({ state: 'refused', before: 'v1' });
  expect((await world.models.head())?.current.version).toBe('v1');
});

test('a query that fails is asked again, in a folder that is clean', async () => {
  const world = new ATrainer();
  let failures = 2;
  world.failureOf = (sql) => (sql.includes('ITEMS') && failures-- > 0 ? 'GENERIC_INTERNAL_ERROR' : undefined);
  expect((await world.nightly()).training?.state).toBe('published');
  const left = [...world.files.keys()].filter((key) => key.startsWith('training/training_items/'));
  expect(left).toEqual([expect.stringMatching(/\/all\/3\/part-0$/)]);
});

test('a query that fails again and again ends the training, which rings, and the next night begins anew', async () => {
  const world = new ATrainer();
  await world.serve('v0');
  world.failureOf = (sql) => (sql.includes('ITEMS') ? 'SYNTAX_ERROR: line 1:1' : undefined);
  await expect(world.nightly()).rejects.toThrow(TrainingFailedError);
  expect(await world.models.attempts()).toMatchObject([
    { outcome: 'failed', reason: expect.stringContaining('SYNTAX') },
  ]);
  expect(world.printed.at(-1)).toMatchObject({ TrainingsUpToDate: 0 });
  expect((await world.models.head())?.current.version).toBe('v0');
  world.failureOf = () => undefined;
  world.now += 86_400_000;
  expect((await world.nightly()).training?.state).toBe('published');
});

test('what cannot be learnt of items does not hold a training up', async () => {
  const world = new ATrainer();
  world.failureOf = (sql) => (sql.includes('item_id') ? 'EXCEEDED_LIMIT' : undefined);
  expect((await world.nightly()).training?.state).toBe('published');
  expect(world.logged).toContainEqual(expect.objectContaining({ level: 'error', code: 'learning_failed' }));
});

test('files of the last two trainings are kept, older ones are deleted', async () => {
  const world = new ATrainer();
  const versions: string[] = [];
  for (let night = 0; night < 4; night += 1) {
    const { training } = await world.nightly();
    versions.push(training?.version ?? '');
    world.now += 86_400_000;
  }
  expect(world.runsWithFiles().sort()).toEqual(versions.slice(-2));
});

test('a training that is cut off each time is given up', async () => {
  const world = new ATrainer();
  await world.serve('v0');
  world.around = (what, _, moment) => {
    if (moment === 'after' && /^query UNLOAD/.test(what)) throw new Error('out of memory');
  };
  await expect(world.nightly()).rejects.toThrow();
  let gaveUp: unknown;
  for (let tick = 0; tick < 15 && gaveUp === undefined; tick += 1) {
    world.now += 300_000;
    await world.invoke({}).catch((error) => {
      if (error instanceof TrainingFailedError) gaveUp = error;
    });
  }
  expect(gaveUp).toMatchObject({ message: expect.stringContaining('cut off 12 times') });
  expect((await world.models.attempts())[0]?.outcome).toBe('failed');
});

test('a command begins a training and follows it slice by slice', async () => {
  const world = new ATrainer();
  const begun = await world.invoke({ start: true });
  expect(begun.training).toMatchObject({ state: 'running', part: 0 });
  const joined = await world.invoke({ start: true });
  expect(joined.training?.version).toBe(begun.training?.version);
  const parts: number[] = [];
  let answer = joined;
  for (let slice = 0; slice < 100 && answer.training?.state === 'running'; slice += 1) {
    answer = await world.invoke({ work: { forMs: 1 } });
    parts.push(answer.training?.part ?? 0);
    world.now += 10;
  }
  expect(answer.training).toMatchObject({ state: 'published', version: begun.training?.version });
  expect(parts.length).toBeGreaterThan(3);
});

test('the clock leaves a training to the command that follows it, and goes on when that is gone', async () => {
  const world = new ATrainer();
  await world.invoke({ start: true });
  await world.invoke({});
  expect(world.training?.step.name).toBe('learn');
  await world.goOn();
  expect(world.training?.step.name).toBe('over');
});

test('nothing is written while nothing is under way', async () => {
  const world = new ATrainer();
  expect(await world.invoke({ source: 'aws.scheduler' })).toEqual({});
  expect(world.effects).toBe(0);
});

test('a call that is none is refused', async () => {
  await expect(new ATrainer().invoke({ work: { forMs: 'long' } })).rejects.toThrow('work.forMs is long');
});

test('a night by EASE computes the lists, and has them served with those of likeness', async () => {
  const world = new ATrainer();
  world.lake.isEase = true;
  const { training } = await world.nightly();
  expect(training?.state).toBe('published');
  expect(await world.isServed()).toBe(true);
  const neighbours = await world.models.neighbours(training?.version ?? '', [0]);
  const { collaborative, content } = neighbours.get(0) ?? {};
  // Item 0 goes with 1 and 4, with whom it has people in common, and speaks against 2 and 3.
  expect([...(collaborative?.items ?? [])].slice(0, 2).sort()).toEqual([1, 4]);
  expect([...(collaborative?.scores ?? [])].map(Math.sign)).toEqual([1, 1, -1, -1]);
  expect([...(content?.items ?? [])]).toEqual([1]);
});

test('a slice that ends while lists are computed does not cut them off', async () => {
  const world = new ATrainer();
  world.lake.isEase = true;
  await world.invoke({ start: true });
  for (let slice = 0; slice < 100 && world.training?.step.name !== 'over'; slice += 1) {
    const before = world.training?.step;
    await world.invoke({ work: { forMs: 1 } });
    expect(world.training?.step).not.toEqual(before);
    world.now += 10;
  }
  expect(world.training?.step.name).toBe('over');
});

test('a training that is not by the method of the settings says so in its record and in the log', async () => {
  const world = new ATrainer();
  world.lake.note = 'EASE takes up to 10000 items.';
  const { training } = await world.nightly();
  expect(training?.trained?.note).toBe('EASE takes up to 10000 items.');
  expect(await world.models.attempts()).toMatchObject([{ outcome: 'published', trained: { note: world.lake.note } }]);
  expect(world.logged).toContainEqual(expect.objectContaining({ level: 'warn', note: world.lake.note }));
});

/** Reading the items for a trial takes so long. */
const slowly = (world: ATrainer, milliseconds: number) => ({
  output: {
    ...readAsJson,
    items: async function* (file: Uint8Array) {
      if (world.training?.step.name === 'ask') world.now += milliseconds;
      yield* readAsJson.items(file);
    },
  },
});

test('what EASE has not computed in the life of a function is trained by what people had together, which is said', async () => {
  const world = new ATrainer();
  world.lake.isEase = true;
  await world.nightly(slowly(world, 900_000)).catch(() => undefined);
  await world.goOn();
  const [attempt] = await world.models.attempts();
  expect(attempt).toMatchObject({
    outcome: 'published',
    trained: { note: expect.stringContaining('EASE took more than') },
  });
  expect(await world.isServed()).toBe(true);
});

test('what EASE has no time for at the end of a function is computed by the next one', async () => {
  const world = new ATrainer();
  world.lake.isEase = true;
  await world.invoke({ start: true });
  world.now += 60_000;
  const late = { getRemainingTimeInMillis: () => 120_000 };
  await world.invoke({}, slowly(world, 300_000), late);
  expect(world.training?.step.name).toBe('ask');
  await world.goOn();
  const [attempt] = await world.models.attempts();
  expect(attempt).toMatchObject({ outcome: 'published' });
  expect(attempt?.trained?.note).toBeUndefined();
});
