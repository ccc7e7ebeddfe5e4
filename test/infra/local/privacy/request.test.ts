import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../../infra/local/errors.ts';
import { follow } from '../../../../infra/local/privacy/follow.ts';
import { readCommand } from '../../../../infra/local/privacy/request.ts';
import { summaryOf } from '../../../../infra/local/privacy/summary.ts';
import type { PrivacyRequestView } from '../../../../schemas/api/privacy.ts';

const read = (line: string, env = {}) => readCommand(line.split(' '), env);

describe('npm run privacy', () => {
  test('reads whom to erase, and where', () => {
    expect(read('erase --user-id ada --email ada@x.org --no-suppress --data d')).toEqual({
      where: { dataDir: path.resolve('d'), stage: undefined },
      key: 'sk_local',
      request: { command: 'erase', names: { userId: 'ada', email: 'ada@x.org' }, suppress: false },
    });
    expect(read('export --anonymous-id a --stage prod', { HEADWATER_API_KEY: 'sk_1' })).toMatchObject({
      where: { stage: 'prod' },
      key: 'sk_1',
      request: { command: 'export', names: { anonymousId: 'a' } },
    });
    const since = Date.parse('2026-11-20T08:00:00Z');
    expect(read('erase-again --since 2026-11-20T08:00:00Z')?.request).toEqual({ command: 'erase-again', since });
    expect(read('status r-1')?.request).toEqual({ command: 'status', id: 'r-1' });
    expect(read('--help')).toBeUndefined();
  });

  test.each([
    'erase',
    'status',
    'forget --user-id a',
    'erase ada',
    'erase --user-id a --stage prod',
    'erase --user a',
    'erase --user-id a --since 2026-11-20T08:00:00Z',
    'erase-again',
    'erase-again --since yesterday',
    'erase-again --since 2026-11-20T08:00:00',
    'erase-again --since 2026-13-20T08:00:00Z',
  ])('refuses %s with what to write instead', (line) => {
    expect(() => read(line)).toThrow(UsageError);
  });

  const view: PrivacyRequestView = {
    id: 'r-1',
    type: 'erasure',
    state: 'running',
    step: 'lake',
    requestedAt: '2026-01-01',
  };
  const done: PrivacyRequestView = {
    ...view,
    state: 'done',
    completedAt: '2026-01-02',
    receipt: {
      removed: [{ store: 'events_landed', what: 'rows', count: 1_234 }],
      remaining: [{ store: 'event stream', until: '2026-01-03' }],
    },
  };

  test('tells each step once, and ends with the receipt', async () => {
    const views = [view, view, done];
    const lines: string[] = [];
    const output = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream;
    const last = await follow(
      async () => views.shift() ?? done,
      output,
      async () => undefined,
    );
    expect(lines).toEqual(['r-1: goes through the lake\n']);
    expect(summaryOf(last)).toMatch(/events_landed\s*│ rows\s*│ 1,234[\s\S]*event stream\s*│ 2026-01-03/);
    expect(summaryOf({ ...done, receipt: { removed: [], remaining: [] } })).toContain('Nothing was held');
    expect(summaryOf({ ...view, type: 'export', state: 'failed', failure: 'Why.' })).toContain('Why.');
  });
});
