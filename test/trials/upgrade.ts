/**
 * Tries an upgrade and the way back: the local runtime of an earlier commit on a new data folder, then the present code
 * on the same folder, then the earlier code, then the present code again. Each sends events; the present code must show all
 * that were sent before it, once, after the way back by the commands that the operator's page gives. The earlier code may
 * leave for later what it cannot read, and count nothing twice.
 *
 * Two things newer code leaves are made on purpose: records on the stream that nobody has read when it ends, and the profile
 * of somebody who has bought more than a profile's list of items holds.
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
/** More items than a profile lists. */
const MANY = 110;
const PATIENCE_MS = 300_000;

const root = fileURLToPath(new URL('../../', import.meta.url));
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim();
const before = process.argv[2] ?? lastRelease();
const work = mkdtempSync(path.join(tmpdir(), 'headwater-upgrade-'));
const dataDir = path.join(work, 'data');
const earlier = path.join(work, 'earlier');
const url = `http://127.0.0.1:${PORT}`;
/** Functions of the earlier code may fail at what they cannot read. */
const isRollback = true;
const today = () => new Date().toISOString().slice(0, 10);
const since = today();
let failed = 0;
let sent = 0;

git('worktree', 'add', '--detach', earlier, before);
try {
  installFor(earlier);
  await check(`the code of ${git('log', '-1', '--format=%h of %cs', before)}`, earlier, async () => {
    await sendVisits();
    await showsAll('it shows what was sent to it', earlier);
  });
  await check('the present code on its data', root, async () => {
    await showsAll('it shows what was sent before', root);
    await sendVisits();
    await showsAll('it shows that and what was sent to it', root);
    await sendVisits();
  });
  await check('the earlier code on what the present left', earlier, goesOn, isRollback);
  await check('the present code again', root, async () => {
    await command('replay', '--set-aside');
    await command('replay', '--failed', '--from', since, '--to', today());
    await showsAll('it shows all that was ever sent', root);
    await sendVisits();
    await showsAll('it shows that and what was sent to it', root);
  });
} finally {
  git('worktree', 'remove', '--force', earlier);
  rmSync(work, { recursive: true, force: true });
}
console.log(failed === 0 ? 'Upgrade and rollback lose nothing and count nothing twice.' : `${failed} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;

async function check(title: string, folder: string, act: () => Promise<void>, mayFail = false): Promise<void> {
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
    await act();
  } catch (error) {
    failed += 1;
    console.log(`✘ ${(error as Error).message}\n${said.join('').slice(-2_000)}`);
  } finally {
    runtime.kill('SIGINT');
    await ended;
  }
  const trouble = [...new Set(said.join('').match(/^.* failed(?: \(.*\))?: .*$/gm))];
  if (trouble.length === 0) return;
  if (!mayFail) failed += 1;
  console.log(`${mayFail ? '–' : '✘'} functions failed:\n${trouble.slice(0, 5).join('\n')}`);
}

/** Each person orders once a round, one of them very much, and every message is sent twice. */
async function sendVisits(): Promise<void> {
  const batch = Array.from({ length: PEOPLE }, (_, n) => ({
    type: 'track',
    userId: `person-${n}`,
    messageId: `round-${sent}-${n}`,
    event: 'Order Completed',
    properties: { order_id: `order-${sent}-${n}`, total: 10, currency: 'USD', products: n === 0 ? manyItems() : [] },
  }));
  for (let time = 0; time < 2; time += 1) {
    const headers = { authorization: `Basic ${btoa('wk_local:')}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers, body: JSON.stringify({ batch }) });
    if (!answer.ok) throw new Error(`It refused events: ${answer.status} ${await answer.text()}`);
  }
  sent += 1;
}

function manyItems(): object[] {
  return Array.from({ length: MANY }, (_, item) => ({ product_id: `item-${sent}-${item}`, price: 1 }));
}

/** What the earlier code can do after the present: new events count, nothing counts twice. */
async function goesOn(): Promise<void> {
  await sendVisits();
  const round = `SELECT count(*) AS n FROM events WHERE message_id LIKE 'round-${sent - 1}-%'`;
  await until('it takes events: lake', async () => (await ask(earlier, round)).n === PEOPLE);
  await until('it takes events: profiles', async () => {
    for (let n = 1; n < PEOPLE; n += 1) if ((await ordersOf(n)) < sent - 1) return false;
    return true;
  });
  const { n, ids } = await ask(earlier, 'SELECT count(*) AS n, count(DISTINCT message_id) AS ids FROM events');
  const counts = await Promise.all(Array.from({ length: PEOPLE }, (_, person) => ordersOf(person).catch(() => 0)));
  if (n !== ids || counts.some((count) => count > sent)) throw new Error('Something is counted twice.');
  console.log(`✔ it counts nothing twice; ${sent * PEOPLE - n} of ${sent * PEOPLE} events wait for the next upgrade`);
}

/** Runs a command of the present code on the data, as the operator's page says. */
async function command(name: string, ...args: string[]): Promise<void> {
  const file = `infra/local/${name}.ts`;
  execFileSync(process.execPath, [file, ...args, '--data', dataDir], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
  console.log(`✔ npm run ${name} -- ${args.join(' ')}`);
}

/** In profiles, in the segments of each, and in the lake. */
async function showsAll(what: string, folder: string): Promise<void> {
  await until(`${what}: profiles`, async () => {
    for (let n = 0; n < PEOPLE; n += 1) if ((await ordersOf(n)) !== sent) return false;
    return true;
  });
  const sql = "SELECT count(*) AS n, count(DISTINCT message_id) AS ids FROM events WHERE message_id LIKE 'round-%'";
  await until(`${what}: lake`, async () => {
    const { n, ids } = await ask(folder, sql);
    return n === sent * PEOPLE && ids === n;
  });
}

/** Of somebody who is in a segment; throws while there is nobody such. */
async function ordersOf(person: number): Promise<number> {
  const answer = await fetch(`${url}/v1/profiles/person-${person}`, { headers: { authorization: 'Bearer sk_local' } });
  const { computed, segments } = (await answer.json()) as {
    computed: { orders: { count: number } };
    segments: unknown[];
  };
  if (segments.length === 0) throw new Error(`person-${person} is in no segment.`);
  return computed.orders.count;
}

/** The one row of a query of the lake. */
async function ask(folder: string, sql: string): Promise<{ n: number; ids: number }> {
  const args = ['infra/local/query.ts', '--data', dataDir, '--json', sql];
  const [row] = JSON.parse(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })) as object[];
  const { n, ids } = row as { n: number | string; ids?: number | string };
  return { n: Number(n), ids: Number(ids) };
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
