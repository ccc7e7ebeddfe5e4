import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Progress } from '../demo/progress.ts';
import type { ScheduleSpec } from '../deploy/local-parts.ts';
import { billing } from '../gateway/billing.ts';
import { type UsageBook, type UsageLine, usageBook } from '../gateway/billing-units.ts';
import { eventOf } from '../lambda/schedule.ts';
import { type Runtime, startRuntime } from '../runtime.ts';
import { recordsPerBatch } from './batches.ts';
import { functionTimes } from './function-time.ts';
import { type IdleRun, idleRuns } from './idle-runs.ts';
import { checkSegments, keepSegments } from './keep-segments.ts';
import { meterInvocations } from './meter-invocations.ts';
import { openMonthClock } from './month-clock.ts';
import { passTime } from './pass-time.ts';
import { eventsOf } from './sample-events.ts';
import { send } from './send-sample.ts';
import {
  accessLogFormatOf,
  hasPlatformLog,
  type Resources,
  resourcesOf,
  type StreamSettings,
  streamOf,
} from './stage-facts.ts';
import { type MappingSettings, stageAssembly } from './staged-assembly.ts';
import { type SampleRequest, sampleRequests, type Traffic } from './traffic.ts';
import { bytesOnceSealed, bytesUnder, logLines, tableBytes } from './what-is-kept.ts';

export interface SampleOptions {
  /** The synthesized stage. */
  readonly assemblyDir: string;
  readonly traffic: Traffic;
  /** Events that are sent. */
  readonly events: number;
  readonly cpuFactor: number;
  /** The built-in segments that are left; the others are deleted before. Default: all. */
  readonly segments?: readonly string[] | undefined;
  /** Told what is being done. */
  readonly onStep: (step: string) => void;
  /** Shows how far what takes a while has come. */
  readonly openBar: (label: string, total: number) => Progress;
}

/** What a real run used, in AWS's units. */
export interface Sample {
  readonly events: number;
  readonly requests: number;
  readonly stream: StreamSettings;
  /** What events asked for. */
  readonly usage: readonly UsageLine[];
  /** What one run of each scheduled function asks for while nothing is to be done. */
  readonly idle: readonly IdleRun[];
  /** What a snapshot of the sample's profiles asks for. */
  readonly snapshot: readonly UsageLine[];
  /** Bytes that lie there afterwards, by table. */
  readonly tableBytes: Readonly<Record<string, number>>;
  /** Bytes of the lake's files as they landed. */
  readonly lakeBytes: number;
  /** Bytes of the same rows in one file a table, as sealing leaves them. */
  readonly sealedBytes: number;
  /** Every resource of the stage with its properties. */
  readonly resources: Resources;
}

/** Sends a sample of the traffic to a fresh local runtime on a temporary folder, and says what it used. */
export async function takeSample(options: SampleOptions): Promise<Sample> {
  const folder = await mkdtemp(path.join(tmpdir(), 'headwater-cost-'));
  try {
    return await sampleIn(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const DAY_MS = 86_400_000;
/** The days that a sample takes, up to today: those who warm functions up come long before, so that nothing of theirs is due any more. */
const WARM_UP_DAYS = 300;
const MONTH_DAYS = 30;
/** Days after the last visit in which what comes due by time alone is counted. */
const DAYS_AFTER = 30;

async function sampleIn(folder: string, options: SampleOptions): Promise<Sample> {
  const { assemblyDir, traffic, cpuFactor, onStep, openBar } = options;
  const resources = await resourcesOf(assemblyDir);
  const stream = streamOf(resources);
  const assembly = path.join(folder, 'assembly');
  await mkdir(assembly);
  // No batch holds more than half of the visits that the sample has at once: what it merges is not more than in the month.
  const most = options.events / traffic.eventsPerRequest / traffic.visitsPerPerson / stream.shards / 2;
  const recordsOf = (mapping: MappingSettings) =>
    Math.min(Math.max(1, most), recordsPerBatch(traffic, { ...mapping, shards: stream.shards }));
  await stageAssembly(assemblyDir, assembly, recordsOf);

  onStep('Starting the stage on this machine');
  const { station, book } = billing();
  let runtime: Runtime | undefined;
  const specs = () => new Map(runtime?.deployment.parts.functions.map((spec) => [spec.logicalId, spec]));
  const times = functionTimes(() => runtime, cpuFactor);
  const meter = meterInvocations({
    book,
    specOf: (logicalId) => specs().get(logicalId) ?? missing(logicalId),
    hasPlatformLog: (logicalId) => hasPlatformLog(resources.get(logicalId)),
    accessLogFormat: accessLogFormatOf(resources),
    onDuration: times.add,
  });
  const dataDir = path.join(folder, 'data');
  const troubles: string[] = [];
  const today = Date.now();
  const begin = today - (MONTH_DAYS + DAYS_AFTER) * DAY_MS;
  const clock = await openMonthClock(folder, today - WARM_UP_DAYS * DAY_MS);
  runtime = await startRuntime({
    assemblyDir: assembly,
    dataDir,
    port: 0,
    stations: [station],
    idleMs: 600_000,
    preload: () => clock.module,
    onInvocation: meter,
    onTrouble: ({ functionName, errorType, errorMessage }) =>
      troubles.push(`${functionName} failed: ${errorType}: ${errorMessage}`),
  });
  try {
    const { schedules, functions } = runtime.deployment.parts;
    const running = runtime;
    const others = async () => [...times.lines(), ...(await logLines(dataDir, functions))];
    const during = (work: () => Promise<unknown>) => usageDuring(book, others, work);

    if (options.segments !== undefined) await checkSegments(running.apiUrl, options.segments);
    onStep('Running what runs by schedule, with nothing to do (the sweeper takes up to a minute)');
    const runOf = (spec: ScheduleSpec) => invoke(running, spec.functionLogicalId, eventOf(spec, Date.now()));
    const idle = await idleRuns(schedules, runOf, during);

    if (options.segments !== undefined) await keepSegments(running.apiUrl, options.segments);
    const sweeper = schedules.find(({ functionLogicalId }) => functionLogicalId.startsWith('DueTimes'));
    const passing = {
      runtime: running,
      clock,
      sweep: async () => sweeper && (await runOf(sweeper)),
      stepMs: Math.max(60_000, (1000 * longestOf(sampleRequests(traffic, options.events))) / MOST_SWEEPS),
      settle: () => running.settled(),
    };
    const visit = async (label: string, all: readonly SampleRequest[]) => {
      const bar = openBar(label, eventsIn(all));
      const started = Date.now();
      const eventsAt = async (request: SampleRequest) => {
        await clock.moveTo(started + request.second * 1000);
        return eventsOf(request, Date.now());
      };
      await send(running.apiUrl, all, eventsAt, (sent) => bar.update(sent));
      bar.stop();
      await running.settled();
    };
    const pass = async (label: string, until: number) => {
      const from = Date.now();
      const bar = openBar(label, Math.max(0, Math.round((until - from) / DAY_MS)));
      await passTime(passing, until, (at) => bar.update(Math.round((at - from) / DAY_MS)));
      bar.stop();
    };
    const first = warmUp(traffic, options.events);
    await visit('Warming functions up', first);
    await pass('Passing the days until nothing of that is due', begin);
    const requests = sampleRequests(traffic, options.events);
    const rounds = Map.groupBy(requests, (request) => request.visit);
    const usage = await during(async () => {
      for (const [nth, round] of rounds) {
        if (nth > 0) {
          const next = begin + (nth * MONTH_DAYS * DAY_MS) / traffic.visitsPerPerson;
          await pass('Passing the days until people come again', next);
        }
        await visit(`Sending the sample, visit ${nth + 1} of ${rounds.size}`, round);
      }
      await pass('Passing the days until nothing more comes of it', begin + (MONTH_DAYS + DAYS_AFTER) * DAY_MS);
    });
    const share = requests.length / (requests.length + first.length);

    onStep('Making a snapshot of the profiles');
    const snapshotName = runtime.outputs.ProfileSnapshotFunction;
    const snapshotter = functions.find(({ functionName }) => functionName === snapshotName)?.logicalId;
    const snapshot = snapshotter === undefined ? [] : await during(() => invoke(running, snapshotter, {}));
    const lakeDir = path.join(dataDir, 's3', running.outputs.LakeBucket ?? '');
    if (troubles.length > 0) throw new Error(`The sample did not run as it should. ${troubles.join('; ')}`);
    return {
      events: eventsIn(requests),
      requests: requests.length,
      stream,
      usage,
      idle,
      snapshot: snapshot
        .filter(({ caller }) => caller === snapshotter)
        .map((line) => ({ ...line, quantity: line.quantity * (line.unit === 'dynamodbReadUnits' ? share : 1) })),
      tableBytes: mapValues(await tableBytes(running, resources), (bytes) => bytes * share),
      lakeBytes: share * (await bytesUnder(lakeDir)),
      sealedBytes: share * (await bytesOnceSealed(lakeDir, path.join(folder, 'sealed'))),
      resources,
    };
  } finally {
    await runtime.stop();
    clock.close();
  }
}

/**
 * Requests of other people before those that count: a function that has just begun takes several times the processor time,
 * which on AWS a few requests of a day do.
 */
function warmUp(traffic: Traffic, events: number): SampleRequest[] {
  const few = sampleRequests(traffic, Math.min(2_000, Math.ceil(events / 5)));
  return few.map((request) => ({ ...request, person: request.person + OTHER_PEOPLE }));
}

/** Sweeps in which what comes due at the pace of the visits is found, at most; on AWS it is a sweep a minute. */
const MOST_SWEEPS = 10;

const longestOf = (requests: readonly SampleRequest[]): number => Math.max(...requests.map(({ second }) => second));

const eventsIn = (requests: readonly SampleRequest[]): number => requests.reduce((sum, { events }) => sum + events, 0);

/** More than a sample has people. */
const OTHER_PEOPLE = 1_000_000;

const mapValues = <V>(record: Readonly<Record<string, V>>, change: (value: V) => V): Record<string, V> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

const missing = (logicalId: string): never => {
  throw new Error(`There is no function ${logicalId}.`);
};

async function invoke(runtime: Runtime, logicalId: string, event: unknown): Promise<void> {
  const outcome = await runtime.functions.get(logicalId)?.invoke(event);
  if (outcome && !outcome.ok) throw new Error(`${logicalId} failed: ${outcome.error.errorMessage}`);
}

/** What the book, and what is counted beside it, grew by while some work went on. */
async function usageDuring(
  book: UsageBook,
  others: () => Promise<readonly UsageLine[]>,
  work: () => Promise<unknown>,
): Promise<UsageLine[]> {
  const before = [...book.lines(), ...(await others())];
  await work();
  const grown = usageBook();
  for (const line of [...book.lines(), ...(await others())]) grown.add(line.caller, line.operation, line);
  for (const line of before) grown.add(line.caller, line.operation, { ...line, quantity: -line.quantity });
  return grown.lines().filter(({ quantity }) => quantity > 0);
}
