import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivery } from '../demo/deliveries.ts';
import { differences as ledgerDifferences, type Query, reconcile } from '../demo/reconciliation.ts';
import { replay } from '../demo/replay.ts';
import { generateStore } from '../demo/store.ts';
import { startGateway } from '../gateway/gateway.ts';
import { openServices } from '../open-services.ts';
import { eraseAgain } from '../privacy/erase-again.ts';
import { localEnvironment, runQuery } from '../query/athena-process.ts';
import { type Runtime, startRuntime } from '../runtime.ts';
import type { DrillSettings } from './command-line.ts';
import { damage } from './damage.ts';
import { canaries, erase, erased, isErased, visit, wakeWorker } from './erased-person.ts';
import { tracesOf } from './every-store.ts';
import { differences, type Holdings, holdingsOf, withoutSince } from './holdings.ts';
import { restoreObjects } from './restore-objects.ts';
import { backUp, restoreTable } from './restore-tables.ts';
import { openStores, tablesOf, versionedBucketsOf } from './stores.ts';

export interface DrillOptions extends DrillSettings {
  readonly assemblyDir: string;
  /** Told what is being done. */
  readonly say: (line: string) => void;
}

/** Two looks at all stores that have to be the same, or must not be. */
export interface Check {
  readonly what: string;
  readonly compared: number;
  readonly differences: readonly string[];
  /** Damage that nobody sees proves nothing. */
  readonly mustDiffer: boolean;
}

export const holds = ({ differences: found, mustDiffer }: Check): boolean => found.length > 0 === mustDiffer;

/** Before the moment come records that a consumer may not have been through at it; to read them again does no harm. */
const MARGIN_MS = 60_000;

/** The history of the store ends here, whenever the drill runs: each sends the same. */
const END = new Date('2026-11-01T12:00:00Z');

/** Tries the way back to a moment, on a temporary data folder. */
export async function drill(options: DrillOptions): Promise<Check[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'headwater-restore-'));
  let runtime: Runtime | undefined;
  const start = async () => {
    runtime = await startRuntime({ assemblyDir: options.assemblyDir, dataDir, port: 0 });
    return runtime;
  };
  const stop = async () => {
    await runtime?.stop();
    runtime = undefined;
  };
  try {
    return await drillOn(dataDir, start, stop, options);
  } finally {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function drillOn(
  dataDir: string,
  start: () => Promise<Runtime>,
  stop: () => Promise<void>,
  { people, seed, say }: DrillOptions,
): Promise<Check[]> {
  const store = generateStore({ seed, end: END, people });
  const middle = Math.floor(store.deliveries.length / 2);
  const ids = [...Object.keys(store.ledger.persons).map((key) => key.replace(/^user:/, '')), erased.userId];

  const live = await start();
  const { gateway, outputs } = live;
  const stores = openStores(gateway.url);
  const tables = await tablesOf(stores);
  for (const table of tables) await backUp(stores.dynamodb, table);
  // Of two mistakes, refusing too much is mended by a command, and letting an erased person back in is not: these stay.
  const present = [outputs.PrivacyTable, outputs.KeysTable];
  say(`${tables.length} tables are recoverable, ${(await versionedBucketsOf(stores)).length} buckets keep versions`);

  const look = (runtime: Runtime) => holdingsOf(readersOf(runtime), ids);
  await sendTo(live, store.deliveries.slice(0, middle));
  await visit(live);
  await live.settled();
  const moment = await aQuietMoment();
  const atMoment = await look(live);
  say(`The moment: ${moment.toISOString()}, ${atMoment.size} things are noted`);

  const traces = async ({ gateway: of }: Runtime) =>
    new Set((await tracesOf({ gateway: of, dataDir }, canaries)).map((trace) => `${trace.text} in ${trace.store}`));
  const tracesAtMoment = await traces(live);

  await sendTo(live, store.deliveries.slice(middle));
  await erase(live);
  const tracesErased = await traces(live);
  say('After it a person was erased');
  const atEnd = await look(live);
  const ledger = await reconcile(store.ledger, readersOf(live).query);
  say(`After it more came: ${differences(atMoment, atEnd).length} of ${atEnd.size} things are otherwise`);

  const places = { profilesTable: outputs.ProfilesTable ?? '', lakeBucket: outputs.LakeBucket ?? '' };
  for (const done of await damage(stores, places)) say(`Damage: ${done}`);
  const damaged = await look(live);
  stores.close();
  await stop();

  await restoreAll(
    dataDir,
    moment,
    tables.filter((table) => !present.includes(table)),
    say,
  );

  const again = await start();
  const restored = await look(again);
  const from = moment.getTime() - MARGIN_MS;
  for (const mapping of again.mappings.values()) await mapping.rewind(from);
  await again.settled();
  say(`Consumers have read the stream again from ${new Date(from).toISOString()} on`);
  const tracesRestored = await traces(again);
  const { requests } = await eraseAgain({ dataDir, stage: undefined }, moment.getTime());
  await wakeWorker(again);
  for (const request of requests) await isErased(again, request);
  say(`Asked again for ${requests.length === 1 ? 'one erasure' : `${requests.length} erasures`}`);
  const tracesAgain = await traces(again);
  const caughtUp = await look(again);
  const ledgerAgain = await reconcile(store.ledger, readersOf(again).query);

  const check = (what: string, one: Holdings, other: Holdings, mustDiffer = false): Check => {
    return { what, compared: Math.max(one.size, other.size), differences: differences(one, other), mustDiffer };
  };
  const none = (what: string, found: ReadonlySet<string>, mustDiffer = false): Check => {
    return { what, compared: canaries.length, differences: [...found], mustDiffer };
  };
  // Read again, the person's events are refused, and that is what a row is for.
  const names = (found: typeof ledger) =>
    ledgerDifferences(found).flatMap(({ what }) => (what === 'failed for erased' ? [] : [what]));
  return [
    none('at the moment, a person is in many stores', tracesAtMoment, true),
    none('erased, the person is in none', tracesErased),
    { what: 'before the damage, the ledger', compared: ledger.length, differences: names(ledger), mustDiffer: false },
    check('the damage shows', atEnd, damaged, true),
    check('restored, all is as at the moment', atMoment, restored),
    check('caught up, all is as before the damage', withoutSince(atEnd), withoutSince(caughtUp)),
    { what: 'and the ledger', compared: ledgerAgain.length, differences: names(ledgerAgain), mustDiffer: false },
    none('the erased person had come back', tracesRestored, true),
    none('erased again, the person is in no store', tracesAgain),
  ];
}

/** The runtime is down: nothing reads the stream, and nothing writes to what is being restored. */
async function restoreAll(
  dataDir: string,
  moment: Date,
  tables: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  const services = await openServices(dataDir, () => undefined);
  const gateway = await startGateway({ services });
  const stores = openStores(gateway.url);
  try {
    for (const table of tables) await restoreTable(stores.dynamodb, table, moment);
    say(`${tables.length} tables are restored`);
    for (const bucket of await versionedBucketsOf(stores)) {
      const { back, deleted } = await restoreObjects(stores.s3, bucket, moment);
      say(`${bucket}: ${back} objects are back, ${deleted} that came later are deleted`);
    }
  } finally {
    stores.close();
    await gateway.close();
    await Promise.all(services.map((service) => service.close()));
  }
}

async function sendTo(runtime: Runtime, deliveries: readonly Delivery[]): Promise<void> {
  const { unexpected } = await replay(
    { deliveries },
    { apiUrl: runtime.apiUrl, writeKey: 'wk_local', now: () => new Date() },
  );
  const [first] = unexpected;
  if (first) throw new Error(`${unexpected.length} requests were answered otherwise than expected: ${first.answer}`);
  await runtime.settled();
}

/** A second that nothing is written in: S3 tells times of versions by the second. */
async function aQuietMoment(): Promise<Date> {
  await sleep(1_100);
  const moment = new Date(Math.floor(Date.now() / 1000) * 1000);
  await sleep(1_100);
  return moment;
}

function readersOf(runtime: Runtime) {
  const headers = { authorization: 'Bearer sk_local' };
  const query: Query = async (sql) => {
    const { columns, rows } = await runQuery(sql, 'local', localEnvironment(runtime.gateway.url));
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
  };
  return {
    query,
    get: async (route: string): Promise<unknown> => {
      const answer = await fetch(runtime.apiUrl + route, { headers });
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`GET ${route} answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
  };
}
