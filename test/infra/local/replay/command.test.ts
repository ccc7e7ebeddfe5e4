import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { follow } from '../../../../infra/local/replay/follow.ts';
import { readCommand } from '../../../../infra/local/replay/request.ts';
import { summaryOf } from '../../../../infra/local/replay/summary.ts';
import { openTarget, type Target } from '../../../../infra/local/replay/target.ts';
import type { ReplayAnswer, ReplayCall, ReplayView } from '../../../../schemas/replay.ts';

const days = ['--from', '2026-03-01', '--to', '2026-03-02'];
const request = { kind: 'profiles', days: { from: '2026-03-01', to: '2026-03-02' }, isDry: false } as const;
const view = (over: Partial<ReplayView> = {}): ReplayView => ({
  id: 'replay-1',
  request,
  state: 'running',
  label: 'asking the lake',
  part: 0.5,
  counts: {},
  ...over,
});

describe('the command line', () => {
  test('says what is to be done again', () => {
    const dataDir = path.resolve('.headwater');
    expect(readCommand(['--profiles', ...days])).toEqual({ request, dataDir, stage: undefined });
    const failed = readCommand(['--failed', ...days, '--reason', 'missing_ids', '--dry-run', '--stage', 'dev']);
    expect(failed).toEqual({
      request: { kind: 'failed', days: request.days, reason: 'missing_ids', isDry: true },
      dataDir,
      stage: 'dev',
    });
    expect(readCommand(['--set-aside'])?.request).toEqual({ kind: 'setAside', isDry: false });
    expect(readCommand(['--help'])).toBeUndefined();
  });

  test.each([
    [days, '--profiles, --failed or --set-aside'],
    [['--profiles', '--failed', ...days], 'one of them'],
    [['--profiles', '--from', '2026-03-01'], '--to is missing'],
    [['--profiles', '--from', '2026-02-30', '--to', '2026-03-01'], "not '2026-02-30'"],
    [['--profiles', '--from', '2026-03-02', '--to', '2026-03-01'], 'later than --to'],
    [['--profiles', ...days, '--reason', 'missing_ids'], '--reason goes with --failed'],
    [['--failed', ...days, '--reason', "x' OR 1=1"], 'takes a code'],
    [['--set-aside', ...days], 'of whatever day'],
    [['--nonsense'], 'Usage'],
  ])('refuses %j and says why', (args, why) => {
    expect(() => readCommand(args)).toThrow(why);
  });
});

test('says how to start a runtime when none is up on the folder', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'headwater-'));
  await expect(openTarget({ dataDir, stage: undefined })).rejects.toThrow(
    /needs the runtime.*npm start -- --no-demo --data/,
  );
  rmSync(dataDir, { recursive: true });
});

/** A function of replays that answers so, one after the other. */
function aTarget(...answers: (ReplayAnswer | Error)[]): Target & { readonly calls: ReplayCall[] } {
  const calls: ReplayCall[] = [];
  return {
    calls,
    log: 'replayer.log',
    call: async (call) => {
      calls.push(call);
      const answer = answers.shift() ?? new Error('nobody answers');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    close: () => undefined,
  };
}

describe('following a replay', () => {
  const output = () => {
    const stream = new PassThrough();
    return Object.assign(stream, { text: () => String(stream.read() ?? '') });
  };

  test('has it go on until it is over, and shows each thing that it does', async () => {
    const out = output();
    const done = view({ state: 'done', label: 'done', part: 1, counts: { read: 2 } });
    const target = aTarget(
      { replay: view() },
      new Error('away'),
      { replay: view({ label: 'folding profiles' }) },
      { replay: done },
    );
    expect(await follow(target, request, out)).toEqual(done);
    expect(out.text()).toBe(
      'Asking the lake 50% (50/100)\nAsking the lake 100% (100/100)\nFolding profiles 50% (50/100)\nFolding profiles 100% (100/100)\n',
    );
    expect(target.calls).toEqual([{ start: request }, ...Array(3).fill({ work: { forMs: 1_000 } })]);
  });

  test('says which other replay is under way', async () => {
    const other = view({ request: { kind: 'setAside', isDry: false }, label: 'putting batches back' });
    await expect(follow(aTarget({ replay: other, refused: true }), request, output())).rejects.toThrow(
      /Another replay is under way \(--set-aside: putting batches back\)/,
    );
  });

  test('gives up after some failures, and says that it goes on by itself', async () => {
    const failing = aTarget({ replay: view() }, ...Array.from({ length: 10 }, () => new Error('no table')));
    await expect(follow(failing, request, output(), 1)).rejects.toThrow(
      /no table\nSee replayer.log. It goes on by itself/,
    );
  });
});

describe('the summary', () => {
  test('counts profiles', () => {
    const counts = { read: 1_200, same: 1_190, differs: 10, fewer: 1, people: 3 };
    const text = summaryOf(view({ counts }));
    expect(text).toMatch(/profiles looked at\s*│ 1,200/);
    expect(text).toMatch(/folded anew\s*│\s*10/);
    expect(text).toMatch(/fewer events than before\s*│\s*1/);
    expect(summaryOf(view({ request: { ...request, isDry: true }, counts }))).toMatch(/would be folded anew\s*│\s*10/);
  });

  test('counts failed events by reason', () => {
    const counts = {
      read: 3,
      'read:missing_ids': 3,
      passes: 2,
      'passes:missing_ids': 2,
      fails: 1,
      'fails:missing_ids': 1,
    };
    const failed = { kind: 'failed', days: request.days, isDry: false } as const;
    expect(summaryOf(view({ request: failed, counts }))).toMatch(/missing_ids\s*│\s*3\s*│\s*2\s*│\s*1\s*│\s*0/);
    expect(summaryOf(view({ request: failed }))).toBe('There are no failed events of these days.');
  });

  test('counts batches by who gave them up', () => {
    const counts = { batches: 2, 'batches:lake': 2, 'read:lake': 9, 'passes:lake': 8 };
    const setAside = { kind: 'setAside', isDry: false } as const;
    expect(summaryOf(view({ request: setAside, counts }))).toMatch(/lake-writer\s*│\s*2\s*│\s*9\s*│\s*8/);
    expect(summaryOf(view({ request: setAside }))).toBe('No batch is set aside.');
  });
});
