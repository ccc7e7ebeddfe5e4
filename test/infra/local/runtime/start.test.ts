import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { parseCommandLine } from '../../../../infra/local/command-line.ts';
import { UsageError } from '../../../../infra/local/errors.ts';
import { isRunning } from '../../../../infra/local/process-identity.ts';
import { makeFolder } from '../template/assemblies.ts';

test.each<[string[], ReturnType<typeof parseCommandLine>]>([
  [[], { port: 3000, dataDir: '.headwater', demo: true, exit: false }],
  [
    ['--port', '4000', '--data=/tmp/x', '--no-demo', '--exit'],
    { port: 4000, dataDir: '/tmp/x', demo: false, exit: true },
  ],
  [['--help'], undefined],
])('reads %o', (args, expected) => {
  expect(parseCommandLine(args)).toEqual(expected);
});

test.each([
  [['--prot', '1'], "Unknown option '--prot'"],
  [['now'], "Unexpected argument 'now'"],
  [['--port'], "Option '--port <value>' argument missing"],
  [['--port', 'http'], "--port takes a number from 0 to 65535, not 'http'."],
  [['--port', '65536'], "--port takes a number from 0 to 65535, not '65536'."],
  [['--data', ''], '--data takes the name of a folder.'],
])('refuses %o', (args, message) => {
  expect(() => parseCommandLine(args)).toThrow(UsageError);
  expect(() => parseCommandLine(args)).toThrow(message);
});

const dataDir = makeFolder('headwater-start-');
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

interface Command {
  readonly child: ChildProcess;
  /** Resolves when the output holds the text. */
  prints(text: string): Promise<void>;
  readonly ended: Promise<{ code: number | null; output: string }>;
}

function npmStart(...args: string[]): Command {
  const entry = fileURLToPath(new URL('../../../../infra/local/start.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return {
    child,
    ended,
    prints: (text) =>
      new Promise((resolve, reject) => {
        const check = () => output.includes(text) && resolve();
        listeners.add(check);
        check();
        void ended.then(() => reject(new Error(`It ended without printing '${text}':\n${output}`)));
      }),
  };
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  'serves the stack until %s, then stops cleanly',
  async (signal) => {
    const command = npmStart('--no-demo', '--port', '0', '--data', dataDir);
    await command.prints('Ctrl-C stops it.');

    command.child.kill(signal);
    const { code, output } = await command.ended;

    expect(code).toBe(0);
    expect(output).toMatch(/The stack is synthesized \(\d+\.\d s.*\)\nThe local runtime is up \(\d+\.\d s\)/);
    expect(output).toMatch(/API {3}http:\/\/127\.0\.0\.1:\d+/);
    expect(output).toMatch(/Stopped \(\d\.\d s\)\n$/);
  },
  120_000,
);

test.runIf(process.platform === 'linux')(
  'leaves no process behind when it is killed, and gives the data folder to the next one',
  async () => {
    const command = npmStart('--no-demo', '--port', '0', '--data', dataDir);
    await command.prints('Ctrl-C stops it.');
    const { apiUrl } = JSON.parse(readFileSync(path.join(dataDir, 'state', 'runtime.json'), 'utf8'));
    expect((await fetch(`${apiUrl}/v1/health`)).status).toBe(200);
    const { pid } = command.child;
    const sandboxes = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
    // The one that answered, and those that run by the clock.
    expect(sandboxes.length).toBeGreaterThan(0);

    command.child.kill('SIGKILL');
    await command.ended;

    const next = await npmStart('--no-demo', '--exit', '--port', '0', '--data', dataDir).ended;
    expect(next.code).toBe(0);
    for (const sandbox of sandboxes) expect(isRunning(sandbox, '')).toBe(false);
  },
  120_000,
);

test('ends by itself with --exit', async () => {
  const { code } = await npmStart('--no-demo', '--exit', '--port', '0', '--data', dataDir).ended;
  expect(code).toBe(0);
});

test('says that the port is taken and exits with 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };

  const { code, output } = await npmStart('--no-demo', '--port', String(port), '--data', dataDir).ended;

  server.close();
  expect(code).toBe(1);
  expect(output.trim().split('\n').at(-1)).toBe(
    `Port ${port} is taken by another program: stop it, or choose another with --port.`,
  );
});

test('prints its usage', async () => {
  const { code, output } = await npmStart('--help').ended;
  expect(code).toBe(0);
  for (const option of ['--port', '--data', '--no-demo', '--exit']) expect(output).toContain(option);
});

test('refuses an unknown option with the usage and exits with 1', async () => {
  const { code, output } = await npmStart('--prot', '1').ended;
  expect(code).toBe(1);
  expect(output).toContain("Unknown option '--prot'");
  expect(output).toContain('Usage: npm start');
});
