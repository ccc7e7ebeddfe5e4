import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AskApi, askApi } from './api.ts';
import { awsTool } from './aws-tool.ts';
import { type Calendar, openCalendar } from './calendar.ts';
import { replayOf, type TortureOptions } from './command-line.ts';
import { compareAll, queryOf } from './compare-all.ts';
import { allRows, compareLake } from './compare-lake.ts';
import { Comparison } from './difference.ts';
import { meetIncidents } from './meet-incidents.ts';
import { readLog, type TortureReport } from './report.ts';
import { type RuntimeControl, startControlled } from './runtime-control.ts';
import { Sealing } from './sealing.ts';
import { TRIALS, tortureSegments } from './segments.ts';
import { Sending } from './sending.ts';
import { readStream } from './stream.ts';

export interface Progress {
  readonly say: (step: string) => void;
  /** Events acknowledged, of those to send. */
  readonly onSent: (done: number) => void;
  /** People compared, of those that there are. */
  readonly onCompared: (done: number, people: number) => void;
}

/** What is left after this settles in peace: should consumers that are killed again and again never come to the end, it shows. */
const LONGEST_FIRE_MS = 120_000;
/** How long the end of trials is waited for: the sweeper begins once a minute. */
const LONGEST_WAIT_MS = 400_000;
/** After all is sent so much time passes, by which all trials are over. */
const PASSING_MS = 120_000;

/** Runs the torture, and compares what came of it with the ledger. Whatever is started is stopped. */
export async function torture(
  options: TortureOptions,
  assemblyDir: string,
  progress: Progress,
): Promise<TortureReport> {
  const { seed, faults, killEvery } = options;
  const calendar = openCalendar(options.events);
  const dataDir = path.resolve(options.keep ?? mkdtempSync(path.join(tmpdir(), 'headwater-torture-')));
  const log = path.join(dataDir, 'torture', 'befell.log');
  mkdirSync(path.dirname(log), { recursive: true });
  writeFileSync(log, '');
  const runtime = await startControlled({ assemblyDir, dataDir, seed, faults, killEvery, log, shift: calendar.shift });
  let isEqual = false;
  try {
    const report = await run(options, runtime, { dataDir, log, calendar }, progress);
    isEqual = report.ok;
    return report;
  } finally {
    await runtime.stop();
    if (options.keep === undefined && isEqual) rmSync(dataDir, { recursive: true, force: true });
  }
}

async function run(
  options: TortureOptions,
  runtime: RuntimeControl,
  { dataDir, log, calendar }: { readonly dataDir: string; readonly log: string; readonly calendar: Calendar },
  { say, onSent, onCompared }: Progress,
): Promise<TortureReport> {
  const apiUrl = () => runtime.about().apiUrl;
  const ask = askApi(apiUrl, 'sk_local');
  const aws = awsTool(() => runtime.about().gatewayUrl);
  const seconds: Record<string, number> = {};
  const timed = async <Result>(what: string, work: Promise<Result>): Promise<Result> => {
    const from = performance.now();
    const result = await work;
    seconds[what] = Math.round((performance.now() - from) / 100) / 10;
    return result;
  };

  await timed('defining segments', defineSegments(ask));
  await runtime.ask('fire');
  const sending = new Sending({ ...options, apiUrl, calendar, onSent });
  const sealing = new Sealing(runtime, calendar, dataDir);
  const midnight = Promise.withResolvers<void>();
  const met = meetIncidents(options, sending, { runtime, aws, calendar, onMidnight: midnight.resolve });
  const sealed = midnight.promise.then(() => sealing.sealEvening());
  const sent = Promise.all([met, sending.run(), sealed]).finally(sending.client.stop);
  const [incidents] = await timed('sending', sent);

  say('Settling under fire');
  await timed(
    'restarting',
    runtime.restart('SIGTERM', () => calendar.pass(PASSING_MS)),
  );
  incidents.push('the runtime was ended by SIGTERM and started again when all was sent');
  await timed('settling under fire', Promise.race([runtime.ask('settle'), sleep(LONGEST_FIRE_MS)]));
  await runtime.ask('calm');
  await timed('settling', settle(runtime, sending.lastTrialAt, calendar));
  const stream = await readStream(aws, runtime.about().streamName);
  const ledger = sending.books.ledger();
  const comparison = new Comparison();
  // The views read the evening as it was sealed, and the next day as it landed.
  await timed('comparing the open lake', compareLake(ledger, stream, queryOf(runtime), comparison));
  await runtime.ask('fire');
  await timed('sealing', sealing.sealAll());
  await runtime.ask('calm');
  // What no run under fire came to.
  await timed('sealing in peace', sealing.sealAll());

  say('Comparing');
  const reach = { aws, ask, dataDir, sealing, onCompared };
  const found = await timed('comparing', compareAll(ledger, runtime, stream, reach, comparison));
  for (const refusal of sending.client.counts.refused) comparison.wrong('a request was refused', refusal);
  const { differences, compared } = comparison;
  return {
    ok: differences.length === 0,
    seed: options.seed,
    replay: replayOf(options),
    dataDir,
    sent: { events: options.events, people: ledger.persons.size, ...found.stream, ...sending.counts },
    client: sending.client.counts,
    ...readLog(log, runtime.about().functions),
    incidents,
    sealerRuns: sealing.runs,
    setAside: found.setAside,
    seconds,
    compared,
    differences,
  };
}

async function defineSegments(ask: AskApi): Promise<void> {
  for (const { definition } of tortureSegments) await ask('POST', '/v1/segments', definition);
  for (const { definition } of tortureSegments) {
    for (let status = ''; status !== 'live'; await sleep(100)) {
      status = (await ask<{ status: string }>('GET', `/v1/segments/${definition.id}`))?.status ?? '';
    }
  }
}

/** Waits until all is processed and nobody is on trial any more. */
async function settle(runtime: RuntimeControl, lastTrialAt: number, { now }: Calendar): Promise<void> {
  const query = queryOf(runtime);
  await runtime.ask('settle');
  for (const end = Date.now() + LONGEST_WAIT_MS; Date.now() < end; await sleep(1_000)) {
    const [[onTrial] = []] = await allRows(
      query(`SELECT count(*) FROM segment_members WHERE segment_id = '${TRIALS}'`),
    );
    await runtime.ask('settle');
    if (now() > lastTrialAt && onTrial === '0') return;
  }
}
