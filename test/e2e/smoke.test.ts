import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checks } from '../../infra/local/smoke/checks.ts';
import { API_KEY, type Headwater, startHeadwater, WRITE_KEY } from './headwater.ts';
import { run } from './run-command.ts';

let headwater: Headwater;

beforeAll(async () => {
  headwater = await startHeadwater();
});

afterAll(() => headwater?.stop());

test('tells of a stage that works, by HTTP alone', async () => {
  const { code, lines } = await smoke('--url', `${headwater.url}/`, '--key', API_KEY, '--write-key', WRITE_KEY);
  expect(lines.filter((line) => line.startsWith('✘'))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('✔'))).toHaveLength(checks.length);
  expect({ code, last: lines.at(-1) }).toEqual({ code: 0, last: `All ${checks.length} checks passed.` });
  expect(lines.join('\n')).not.toContain(API_KEY);
});

test('tells what fails, goes on, and ends with 1', async () => {
  const { code, lines } = await smoke('--url', headwater.url, '--key', 'sk_wrong', '--write-key', WRITE_KEY);
  expect(code).toBe(1);
  expect(lines.filter((line) => line.startsWith('✔')).length).toBeGreaterThanOrEqual(4);
  expect(lines.join('\n')).toMatch(/✘ it has reports: GET \/v1\/reports answered 401.*key_unknown/);
  expect(lines.at(-1)).toMatch(/^\d of 10 checks failed\.$/);
});

test('a stage that counts an event twice does not pass', async () => {
  const twice = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !/^(host|connection)$/.test(name)),
    );
    const answer = await fetch(headwater.url + request.url, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    });
    const text = (await answer.text()).replace('"eventCount":4', '"eventCount":8');
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' }).end(text);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => twice.once('listening', resolve));
  const { port } = twice.address() as AddressInfo;
  const options = ['--key', API_KEY, '--write-key', WRITE_KEY, '--wait', '60'];
  const { code, lines } = await smoke('--url', `http://127.0.0.1:${port}`, ...options);
  twice.close();
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(
    /✘ the person appears.*"events":8,"orders":1\} after \d+ seconds, and not .*"events":4/,
  );
});

test('ends with all checks told when nothing answers', async () => {
  const { lines } = await smoke('--url', 'http://127.0.0.1:9', '--key', 'k', '--write-key', 'w', '--wait', '0');
  expect(lines.filter((line) => line.startsWith('✘'))).toHaveLength(checks.length);
  expect(lines.at(-1)).toBe(`${checks.length} of ${checks.length} checks failed.`);
});

test.each([
  [[], /--url is missing/],
  [['--url', 'shop'], /--url takes an address/],
  [['--url', 'http://127.0.0.1:9'], /API key is missing: give --key, or set HEADWATER_API_KEY/],
  [['--url', 'http://127.0.0.1:9', '--key', 'k'], /write key is missing/],
  [['--url', 'http://127.0.0.1:9', '--key', 'k', '--write-key', 'w', '--wait', 'long'], /--wait takes a whole number/],
  [['--url', 'http://127.0.0.1:9', '--key', 'k', '--write-key', 'w', '--wait', '0'], /127\.0\.0\.1:9 does not answer/],
])('says how to mend %j', async (args, message) => {
  const { code, lines } = await smoke(...args);
  expect(code).toBe(1);
  expect(lines.join('\n')).toMatch(message);
});

async function smoke(...args: string[]): Promise<{ readonly code: number | null; readonly lines: string[] }> {
  const { code, output } = await run('smoke', args);
  return { code, lines: output.trim().split('\n') };
}
