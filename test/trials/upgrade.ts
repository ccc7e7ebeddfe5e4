/**
 * Tries an upgrade and the way back: the local runtime of an earlier commit on a new data folder, then the present code
 * on the same folder, then the earlier code again. Each sends events, and each must show all that were sent before it, once.
 *
 * Run: node test/trials/upgrade.ts [COMMIT] (default: the last tag, or else the commit that package-lock.json is of)
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PORT = 3977;
const PEOPLE = 40;
const PATIENCE_MS = 120_000;

const root = fileURLToPath(new URL('../../', import.meta.url));
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
const before = process.argv[2] ?? lastRelease();
const work = mkdtempSync(path.join(tmpdir(), 'headwater-upgrade-'));
const dataDir = path.join(work, 'data');
const earlier = path.join(work, 'earlier');
const url = `http://127.0.0.1:${PORT}`;
let failed = 0;
let sent = 0;

git('worktree', 'add', '--detach', earlier, before);
try {
  installFor(earlier);
  for (const [title, folder] of [
    [`the code of ${git('log', '-1', '--format=%h of %cs', before)}`, earlier],
    ['the present code on its data', root],
    ['the earlier code on what the present left', earlier],
  ] as const) {
    await check(title, folder);
  }
} finally {
  git('worktree', 'remove', '--force', earlier);
  rmSync(work, { recursive: true, force: true });
}
console.log(failed === 0 ? 'Upgrade and rollback lose nothing and count nothing twice.' : `${failed} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;

async function check(title: string, folder: string): Promise<void> {
  console.log(`\n── ${title}`);
  const runtime = spawn(
    process.execPath,
    ['infra/local/start.ts', '--no-demo', '--data', dataDir, '--port', `${PORT}`],
    {
      cwd: folder,
      env: { ...process.env, PATH: [path.join(folder, 'node_modules/.bin'), process.env.PATH].join(path.delimiter) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const said: string[] = [];
  for (const stream of [runtime.stdout, runtime.stderr]) stream.on('data', (text) => said.push(String(text)));
  const ended = new Promise<number | null>((resolve) => runtime.once('close', resolve));
  try {
    await until('it is up', async () => (await fetch(`${url}/v1/health`)).ok);
    if (sent > 0) await showsAll('it shows what was sent before', folder);
    await sendVisits();
    await showsAll('it shows that and what was sent to it', folder);
  } catch (error) {
    failed += 1;
    console.log(`✘ ${(error as Error).message}\n${said.join('').slice(-2_000)}`);
  } finally {
    runtime.kill('SIGINT');
    await ended;
  }
  const trouble = said.join('').match(/^.* failed(?: \(.*\))?: .*$/gm) ?? [];
  if (trouble.length > 0) {
    failed += 1;
    console.log(`✘ functions failed:\n${trouble.join('\n')}`);
  }
}

/** Each person orders once a round, and every message is sent twice. */
async function sendVisits(): Promise<void> {
  const batch = Array.from({ length: PEOPLE }, (_, n) => ({
    type: 'track',
    userId: `person-${n}`,
    messageId: `round-${sent}-${n}`,
    event: 'Order Completed',
    properties: { order_id: `order-${sent}-${n}`, total: 10, currency: 'USD', products: [] },
  }));
  for (let time = 0; time < 2; time += 1) {
    const headers = { authorization: `Basic ${btoa('wk_local:')}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch }) });
    if (!answer.ok) throw new Error(`It refused events: ${answer.status} ${await answer.text()}`);
  }
  sent += 1;
}

/** In profiles, in the segments of each, and in the lake. */
async function showsAll(what: string, folder: string): Promise<void> {
  await until(`${what}: profiles`, async () => {
    for (let n = 0; n < PEOPLE; n += 1) {
      const answer = await fetch(`${url}/v1/profiles/person-${n}`, { headers: { authorization: 'Bearer sk_local' } });
      const { computed, segments } = (await answer.json()) as {
        computed?: { orders: { count: number } };
        segments?: unknown[];
      };
      if (computed?.orders.count !== sent || !segments?.length) return false;
    }
    return true;
  });
  const sql = 'SELECT count(*) AS n, count(DISTINCT message_id) AS ids FROM events';
  await until(`${what}: lake`, async () => {
    const args = ['infra/local/query.ts', '--data', dataDir, '--json', sql];
    const rows = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    const [row] = JSON.parse(rows) as { n: number | string; ids: number | string }[];
    return Number(row?.n) === sent * PEOPLE && Number(row?.ids) === sent * PEOPLE;
  });
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const from = Date.now();
  while (Date.now() - from < PATIENCE_MS) {
    if (await holds().catch(() => false)) {
      console.log(`✔ ${what} (${((Date.now() - from) / 1_000).toFixed(1)} s)`);
      return;
    }
    await pause(500);
  }
  throw new Error(`Not within ${PATIENCE_MS / 1_000} s: ${what}.`);
}

/** The dependencies of a commit: the present ones where its lock file is the same, its own otherwise. */
function installFor(folder: string): void {
  const modules = path.join(folder, 'node_modules');
  if (existsSync(modules)) return;
  const same = git('diff', '--stat', before, '--', 'package-lock.json') === '';
  if (same) symlinkSync(path.join(root, 'node_modules'), modules);
  else execFileSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' });
}

function lastRelease(): string {
  try {
    return git('describe', '--tags', '--abbrev=0');
  } catch {
    return git('log', '-1', '--format=%H', '--', 'package-lock.json');
  }
}
