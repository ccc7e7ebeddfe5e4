import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { follow } from '../../../../infra/local/train/follow.ts';
import { readCommand } from '../../../../infra/local/train/request.ts';
import { summaryOf } from '../../../../infra/local/train/summary.ts';
import { openTarget, type Target } from '../../../../infra/local/train/target.ts';
import type { TrainingAnswer, TrainingCall, TrainingView } from '../../../../schemas/training.ts';
import { aHead, aQuality } from '../../../fixtures/models.ts';

const version = '20260301T030000Z-aaaa';
const view = (over: Partial<TrainingView> = {}): TrainingView => ({
  version,
  state: 'running',
  label: 'training',
  part: 0.5,
  ...over,
});
const trained: TrainingView['trained'] = {
  parameters: aHead().parameters,
  validated: 300,
  quality: aQuality({ ndcg: 0.1234 }),
  baseline: {
    popularity: aQuality({ ndcg: 0.02 }),
    cosine: aQuality({ ndcg: 0.08 }),
    untuned: aQuality({ ndcg: 0.1 }),
  },
  items: 40_000,
  people: 30_000,
  interactions: 800_000,
};

test('the command line names a folder or a stage', () => {
  expect(readCommand([])).toEqual({ dataDir: path.resolve('.headwater'), stage: undefined });
  expect(readCommand(['--stage', 'dev', '--data', 'x'])).toEqual({ dataDir: path.resolve('x'), stage: 'dev' });
  expect(readCommand(['--help'])).toBeUndefined();
  expect(() => readCommand(['--nonsense'])).toThrow('Usage: npm run train');
});

test('says how to start a runtime when none is up on the folder', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'headwater-'));
  await expect(openTarget({ dataDir, stage: undefined })).rejects.toThrow(
    /A training needs the runtime.*npm start -- --no-demo --data/,
  );
  rmSync(dataDir, { recursive: true });
});

/** A trainer that answers so, one after the other. */
function aTarget(...answers: (TrainingAnswer | Error)[]): Target & { readonly calls: TrainingCall[] } {
  const calls: TrainingCall[] = [];
  return {
    calls,
    log: 'trainer.log',
    call: async (call) => {
      calls.push(call);
      const answer = answers.shift() ?? new Error('nobody answers');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: () => undefined,
  };
}

describe('following a training', () => {
  const output = () => {
    const stream = new PassThrough();
    return Object.assign(stream, { text: () => String(stream.read() ?? '') });
  };

  test('has it go on until it is over, and shows each step', async () => {
    const out = output();
    const done = view({ state: 'published', label: 'publishing', part: 1, trained });
    const target = aTarget(
      { training: view() },
      new Error('away'),
      { training: view({ part: 0.9 }) },
      { training: done },
    );
    expect(await follow(target, out, 1)).toEqual(done);
    expect(out.text()).toBe('Training 50% (50/100)\nTraining 90% (90/100)\nTraining 100% (100/100)\n');
    expect(target.calls).toEqual([{ start: true }, ...Array(3).fill({ work: { forMs: 1_000 } })]);
  });

  test('does not hurry who waits for another run', async () => {
    const target = aTarget({ training: view() }, { training: view() }, { training: view({ state: 'nothing' }) });
    const from = performance.now();
    await follow(target, output(), 60);
    expect(performance.now() - from).toBeGreaterThanOrEqual(55);
  });

  test('does not take another training for the one it began', async () => {
    const target = aTarget({ training: view() }, { training: view({ version: 'another' }) });
    await expect(follow(target, output(), 1)).rejects.toThrow('Another training has taken the place of this one.');
  });

  test('gives up after some failures, and says that it goes on by itself', async () => {
    const failing = aTarget({ training: view() }, ...Array.from({ length: 10 }, () => new Error('no table')));
    await expect(follow(failing, output(), 1)).rejects.toThrow(/no table\nSee trainer.log. It goes on by itself/);
  });
});

describe('the summary', () => {
  test('shows what was learnt, the parameters, and the quality beside simpler lists', () => {
    const text = summaryOf(view({ state: 'published', before: 'v0', trained }));
    expect(text).toContain('800,000 interactions of 30,000 people with 40,000 items');
    expect(text).toMatch(/exponents\s*│ a 0.5, b 0.3, c 0.5/);
    expect(text).toMatch(/this version\s*│\s*0\.1234/);
    expect(text).toMatch(/plain cosine\s*│\s*0\.0800/);
    expect(text).toContain('It is served, in the place of v0.');
  });

  test('shows EASE and its lambda in the place of exponents, and why a method was not taken', () => {
    const parameters = { ...trained.parameters, ease: { lambda: 400 } };
    const text = summaryOf(view({ state: 'published', trained: { ...trained, parameters } }));
    expect(text).toMatch(/method\s*│ EASE, lambda 400/);
    expect(text).not.toContain('exponents');
    const instead = summaryOf(view({ state: 'published', trained: { ...trained, note: 'Too many items for EASE.' } }));
    expect(instead).toMatch(/method\s*│ together/);
    expect(instead).toContain('Too many items for EASE.');
  });

  test('says when the version before goes on', () => {
    expect(summaryOf(view({ state: 'refused', before: 'v0', trained }))).toContain('not served (refused); v0 goes on');
  });

  test('does not show figures that were not measured', () => {
    const text = summaryOf(view({ state: 'published', trained: { ...trained, validated: 0 } }));
    expect(text).toContain('quality was not measured');
    expect(text).not.toContain('NDCG');
  });
});
