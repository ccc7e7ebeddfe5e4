import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamOf } from '../demo/random.ts';
import { localEnvironment, runQuery } from '../query/athena-process.ts';
import { askApi } from './api.ts';
import { type AwsTool, awsTool } from './aws-tool.ts';
import { createClient } from './client.ts';
import { replayOf, type TortureOptions } from './command-line.ts';
import { compareLake, type Query } from './compare-lake.ts';
import { compareProfiles } from './compare-profiles.ts';
import { compareTransitions } from './compare-transitions.ts';
import { Comparison } from './difference.ts';
import { type Incident, planIncidents } from './incidents.ts';
import { Bookkeeper, type Ledger } from './ledger.ts';
import { takeAll } from './queue.ts';
import { readLog, type TortureReport } from './report.ts';
import { reshard } from './reshard.ts';
import { type RuntimeControl, startControlled } from './runtime-control.ts';
import { TRIALS, tortureSegments } from './segments.ts';
import { readStream } from './stream.ts';
import { type Request, waveOf } from './wave.ts';

export interface Progress {
  readonly say: (step: string) => void;
  /** Events acknowledged, of those to send. */
  readonly onSent: (done: number) => void;
}

const WAVE_EVENTS = 5_000;
/** How long after the last trial is over its end may be noticed: the sweeper begins once a minute. */
const LONGEST_WAIT_MS = 150_000;
/** A queue with more than these is not emptied: one message takes milliseconds. */
const MOST_QUEUED = 100_000;

/** Runs the torture, and compares what came of it with the ledger. Whatever is started is stopped. */
export async function torture(
  options: TortureOptions,
  assemblyDir: string,
  progress: Progress,
): Promise<TortureReport> {
  const { seed, faults, killEveryMs } = options;
  const dataDir = path.resolve(options.keep ?? mkdtempSync(path.join(tmpdir(), 'headwater-torture-')));
  const log = path.join(dataDir, 'torture', 'befell.log');
  mkdirSync(path.dirname(log), { recursive: true });
  writeFileSync(log, '');
  const runtime = await startControlled({ assemblyDir, dataDir, seed, faults, killEveryMs, log });
  let isEqual = false;
  try {
    const report = await new Torture(options, runtime, dataDir, log, progress).run();
    isEqual = report.ok;
    return report;
  } finally {
    await runtime.stop();
    if (options.keep === undefined && isEqual) rmSync(dataDir, { recursive: true, force: true });
  }
}

class Torture {
  readonly #options: TortureOptions;
  readonly #runtime: RuntimeControl;
  readonly #dataDir: string;
  readonly #log: string;
  readonly #progress: Progress;
  readonly #aws: AwsTool;
  readonly #books = new Bookkeeper();
  readonly #incidents: string[] = [];
  readonly #seconds: Record<string, number> = {};
  /** When each message of the wave was first known to be stored. */
  readonly #storedBy = new Map<string, number>();
  readonly #startedAt = Date.now();
  #lastTrialAt = 0;
  #acknowledged = 0;

  constructor(options: TortureOptions, runtime: RuntimeControl, dataDir: string, log: string, progress: Progress) {
    this.#options = options;
    this.#runtime = runtime;
    this.#dataDir = dataDir;
    this.#log = log;
    this.#progress = progress;
    this.#aws = awsTool(() => runtime.about().gatewayUrl);
  }

  async run(): Promise<TortureReport> {
    const { events, seed, restarts } = this.#options;
    const ask = askApi(() => this.#runtime.about().apiUrl, 'sk_local');
    await this.#timed('segments', () => this.#defineSegments(ask));

    const client = createClient({
      seed,
      apiUrl: () => this.#runtime.about().apiUrl,
      writeKey: 'wk_local',
      onAcknowledged: (request, at) => this.#acknowledge(request, at),
    });
    await this.#runtime.ask('fire');
    const counts = { duplicates: 0, outOfOrder: 0, poison: 0 };
    const plan = planIncidents(streamOf(seed, 'incidents'), restarts);
    await this.#timed('sending', async () => {
      const incidents = this.#meetIncidents(plan.map(({ at, incident }) => ({ at: at * events, incident })));
      for (let index = 0; index * WAVE_EVENTS < events; index += 1) {
        const size = Math.min(WAVE_EVENTS, events - index * WAVE_EVENTS);
        const { lanes } = this.#options;
        const wave = waveOf({ seed, index, events: size, lanes, startedAt: this.#startedAt });
        await Promise.all(
          wave.lanes.map(async (requests) => {
            for (const request of requests) await client.send(request);
          }),
        );
        for (const message of wave.messages)
          this.#books.add(message, this.#storedBy.get(message.id) ?? Number.POSITIVE_INFINITY);
        this.#books.close();
        this.#storedBy.clear();
        for (const name of ['duplicates', 'outOfOrder', 'poison'] as const) counts[name] += wave[name];
      }
      this.#acknowledged = events;
      await incidents;
    });
    this.#progress.say('Settling under fire');
    await this.#timed('settling under fire', () => this.#runtime.ask('settle'));
    await this.#runtime.ask('calm');
    await this.#timed('settling', () => this.#settle());

    this.#progress.say('Comparing');
    const ledger = this.#books.ledger();
    const comparison = new Comparison();
    const { copies, unreadable } = await this.#timed('comparing', () => this.#compare(ledger, ask, comparison));
    for (const refusal of client.counts.refused) comparison.wrong('a request was refused', refusal);
    const setAside = this.#setAside();
    if (setAside > 0) comparison.wrong('batches that a consumer gave up', setAside);
    for (const denied of await this.#runtime.ask<string[]>('denied')) comparison.wrong('denied', denied);
    const { differences, compared } = comparison;
    return {
      ok: differences.length === 0,
      seed,
      replay: replayOf(this.#options),
      dataDir: this.#dataDir,
      sent: {
        events,
        unreadable,
        people: ledger.persons.size,
        copies,
        ...counts,
      },
      client: client.counts,
      ...readLog(this.#log, this.#runtime.about().functions),
      incidents: this.#incidents,
      setAside,
      seconds: this.#seconds,
      compared,
      differences,
    };
  }

  #acknowledge({ messages }: Request, at: number): void {
    for (const { id, isTrial } of messages) {
      if (isTrial) this.#lastTrialAt = Math.max(this.#lastTrialAt, at);
      if (this.#storedBy.has(id)) continue;
      this.#storedBy.set(id, at);
      this.#acknowledged += 1;
    }
    this.#progress.onSent(this.#acknowledged);
  }

  async #defineSegments(ask: ReturnType<typeof askApi>): Promise<void> {
    for (const { definition } of tortureSegments) await ask('POST', '/v1/segments', definition);
    for (const { definition } of tortureSegments) {
      for (let status = ''; status !== 'live'; await sleep(100)) {
        status = (await ask<{ status: string }>('GET', `/v1/segments/${definition.id}`))?.status ?? '';
      }
    }
  }

  /** Each when so many events are acknowledged; one at a time. */
  async #meetIncidents(plan: readonly { readonly at: number; readonly incident: Incident }[]): Promise<void> {
    const random = streamOf(this.#options.seed, 'incidents', 'details');
    for (const { at, incident } of plan) {
      while (this.#acknowledged < at) await sleep(20);
      this.#incidents.push(await this.#meet(incident, random));
    }
  }

  async #meet(incident: Incident, random: ReturnType<typeof streamOf>): Promise<string> {
    const { streamName } = this.#runtime.about();
    switch (incident.kind) {
      case 'restart':
        await this.#runtime.restart(incident.signal);
        return `the runtime was ended by ${incident.signal} and started again`;
      case 'unreadable record': {
        const Data = Buffer.from(`{"half a record ${random.hex(8)}`).toString('base64');
        await this.#aws('kinesis', 'PutRecord', { StreamName: streamName, PartitionKey: random.hex(8), Data });
        return 'a record was unreadable';
      }
      case 'split':
      case 'merge':
        return `${incident.kind} of ${await reshard(this.#aws, streamName, incident.kind, random)}`;
    }
  }

  /** Waits until all is processed and nobody is on trial any more. */
  async #settle(): Promise<void> {
    await this.#runtime.ask('settle');
    for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end; await sleep(1_000)) {
      const rows = await this.#query(`SELECT count(*) FROM segment_members WHERE segment_id = '${TRIALS}'`);
      if (Date.now() > this.#lastTrialAt && rows[0]?.[0] === '0') break;
      await this.#runtime.ask('settle');
    }
    await this.#runtime.ask('settle');
  }

  readonly #query: Query = async (sql) =>
    (await runQuery(sql, 'local', localEnvironment(this.#runtime.about().gatewayUrl))).rows as readonly (readonly (
      | string
      | null
    )[])[];

  async #compare(ledger: Ledger, ask: ReturnType<typeof askApi>, comparison: Comparison) {
    const { streamName, queueUrl } = this.#runtime.about();
    const stream = await readStream(this.#aws, streamName);
    await compareLake(ledger, stream, this.#query, comparison);
    const [[transitions = '0'] = []] = (await this.#query('SELECT count(*) FROM transitions')) as string[][];
    const queued = Number(transitions) <= MOST_QUEUED ? await takeAll(this.#aws, queueUrl) : undefined;
    await compareTransitions(ledger, this.#query, ask, queued, comparison);
    await compareProfiles(ledger, ask, comparison, () => {});
    const copies = [...stream.copies.values()].reduce((sum, n) => sum + n, 0);
    return { copies, unreadable: stream.unreadable.size };
  }

  #setAside(): number {
    const files = this.#runtime.about().failureBuckets.flatMap((bucket) => {
      try {
        return readdirSync(path.join(this.#dataDir, 's3', bucket), { recursive: true, withFileTypes: true });
      } catch {
        return [];
      }
    });
    return files.filter((entry) => entry.isFile() && entry.parentPath.includes('aws/lambda')).length;
  }

  async #timed<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const from = performance.now();
    const result = await work();
    this.#seconds[what] = Math.round((performance.now() - from) / 100) / 10;
    return result;
  }
}
