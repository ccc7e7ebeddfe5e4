import { afterEach, expect, test, vi } from 'vitest';
import { errorFields, log } from '../../../functions/adapters/log.ts';

const NOW = new Date('2026-03-02T10:00:00.000Z');

/** What a line holds. */
function logged(write: () => void): Record<string, unknown> {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  write();
  const [[line] = []] = out.mock.calls;
  return JSON.parse(String(line));
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

test('names level, time, function and trace as the tools of the field do', () => {
  vi.useFakeTimers({ now: NOW });
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'Headwater-dev-Collector');
  vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-67c42b00-000000000000000000000001;Parent=53995c3f42cd8ad8;Sampled=0');

  expect(logged(() => log('warn', 'Events were refused.', { code: 'not_stored', records: 3 }))).toEqual({
    level: 'WARN',
    message: 'Events were refused.',
    timestamp: '2026-03-02T10:00:00.000Z',
    service: 'Headwater-dev-Collector',
    xray_trace_id: '1-67c42b00-000000000000000000000001',
    code: 'not_stored',
    records: 3,
  });
});

test('says nothing of what it does not know', () => {
  vi.useFakeTimers({ now: NOW });
  vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', undefined);
  vi.stubEnv('_X_AMZN_TRACE_ID', undefined);

  expect(Object.keys(logged(() => log('info', 'Done.')))).toEqual(['level', 'message', 'timestamp']);
});

test('of an error it tells the name and the place, and never the message', () => {
  const fields = errorFields(new TypeError('ada@example.com is no number\n    at ada@example.com'));

  expect(fields.error).toBe('TypeError');
  expect(fields.stack).toContain('log.test.ts');
  expect(JSON.stringify(fields)).not.toContain('@example.com');
});
