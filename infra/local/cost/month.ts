import type { UsageLine } from '../gateway/billing-units.ts';
import { beatOf } from '../lambda/beat.ts';
import { batchesPerMonth, MONTH_HOURS } from './batches.ts';
import type { BillLine } from './bill.ts';
import { provisioned, type TableLine, tableIn } from './capacity.ts';
import type { Sample } from './sample.ts';
import { provisionedTables, type StreamSettings, type TableCapacity, undeleteDaysOf } from './stage-facts.ts';
import type { Traffic } from './traffic.ts';

/** What may be chosen, beside what the stage says. */
export interface Choices {
  readonly stream?: StreamSettings;
  /** Seconds that the function waits for a full batch of the lake. */
  readonly lakeWindowSeconds?: number;
  /** Tables that are provisioned, by logical id. */
  readonly tables?: ReadonlyMap<string, TableCapacity>;
}

/** A window from which on a function's batches are counted by time: shorter ones hold a record or two. */
const LONG_WINDOW_SECONDS = 10;
/** GB-seconds of the sealer for a million events: measured, see infra/decisions/0013-sealing.md. */
const SEALING_GB_SECONDS = 340;

/** The lines of a month, from what a sample of its traffic used. */
export function monthOf(sample: Sample, traffic: Traffic, choices: Choices = {}): BillLine[] {
  const stream = choices.stream ?? sample.stream;
  const scale = traffic.events / sample.events;
  const tables = choices.tables ?? provisionedTables(sample.resources);
  const batched = longWindows(sample);
  // What runs by the clock is counted by its runs.
  const clocked = new Set(sample.idle.map(({ functionLogicalId }) => functionLogicalId));
  const byEvent = sample.usage
    .filter(
      (line) =>
        line.caller !== 'tool' && isCharged(line.unit, stream) && (!clocked.has(line.caller) || isOfEntries(line)),
    )
    .map((line) => {
      const window = batched.get(line.caller);
      if (window === undefined || !perBatchUnits.has(line.unit)) {
        return { ...lineOf(line, 'event', line.quantity * scale), table: tableIn(line, tables.keys()) };
      }
      const windowSeconds = choices.lakeWindowSeconds ?? window.windowSeconds;
      const batches = batchesPerMonth(traffic, { ...window, windowSeconds, shards: stream.shards });
      return lineOf(line, 'batch', (line.quantity / invocationsOf(sample, line.caller)) * batches);
    });
  const files = byEvent.find(({ unit, growth }) => unit === 's3WriteRequests' && growth === 'batch')?.quantity ?? 0;
  const lines: TableLine[] = [
    ...byEvent,
    ...streamLines(sample, stream, scale),
    ...storage(sample, scale),
    {
      driver: 'Sealer',
      unit: 'lambdaGbSeconds',
      growth: 'event',
      quantity: (traffic.events / 1e6) * SEALING_GB_SECONDS,
    },
    { driver: 'Sealer', unit: 's3ReadRequests', growth: 'batch', quantity: files },
    ...snapshots(sample, scale).map((line) => ({ ...line, table: tableNamed('ProfilesTable', tables) })),
    ...schedules(sample, tables),
    ...watching(sample),
  ];
  return provisioned(lines, tables);
}

const tableNamed = (start: string, tables: ReadonlyMap<string, TableCapacity>): string | undefined =>
  [...tables.keys()].find((logicalId) => logicalId.startsWith(start));

/** Of what runs by the clock: what it puts on the stream, and what it deletes. */
const isOfEntries = ({ operation }: UsageLine): boolean => operation === 'PutRecords' || operation === 'BatchWriteItem';

/** Units that a batch costs whatever it holds. */
const perBatchUnits = new Set(['s3WriteRequests', 'lambdaRequests', 'logBytes']);

const isCharged = (unit: string, { mode }: StreamSettings): boolean =>
  mode === 'onDemand' ? unit !== 'kinesisPutUnits' : unit !== 'kinesisBytesIn' && unit !== 'kinesisBytesOut';

const lineOf = ({ caller, unit }: UsageLine, growth: BillLine['growth'], quantity: number): BillLine => ({
  driver: nameOf(caller),
  unit,
  growth,
  quantity,
});

/** A logical id without what the CDK puts around the name: `LakeWriterFunction6CA870EF` is `LakeWriter`. */
export const nameOf = (logicalId: string): string => logicalId.replace(/(Function)?[0-9A-F]{8}$/, '');

const invocationsOf = ({ usage }: Sample, caller: string): number =>
  usage.find((line) => line.caller === caller && line.unit === 'lambdaRequests')?.quantity ?? 1;

/** The functions that wait long for a batch, with how long. */
function longWindows({ resources }: Sample): Map<string, { windowSeconds: number; batchSize: number }> {
  const mappings = [...resources.values()].filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping');
  const windows = mappings.map(({ properties }): [string, { windowSeconds: number; batchSize: number }] => [
    (properties.FunctionName as { Ref: string }).Ref,
    { windowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0), batchSize: Number(properties.BatchSize) },
  ]);
  return new Map(windows.filter(([, { windowSeconds }]) => windowSeconds >= LONG_WINDOW_SECONDS));
}

function streamLines(sample: Sample, stream: StreamSettings, scale: number): BillLine[] {
  const driver = 'Stream';
  const extraHours = Math.max(0, stream.retentionHours - 24);
  if (stream.mode === 'provisioned') {
    const shardHours = stream.shards * MONTH_HOURS;
    return [
      { driver, unit: 'shardHours', growth: 'month', quantity: shardHours },
      { driver, unit: 'extendedShardHours', growth: 'month', quantity: extraHours > 0 ? shardHours : 0 },
    ];
  }
  const bytes = sample.usage.reduce((sum, line) => sum + (line.unit === 'kinesisBytesIn' ? line.quantity : 0), 0);
  return [
    { driver, unit: 'streamHours', growth: 'month', quantity: MONTH_HOURS },
    { driver, unit: 'extendedBytes', growth: 'event', quantity: (bytes * scale * extraHours) / MONTH_HOURS },
  ];
}

/** Tables that grow with the people who come. */
const ofPeople = /^(Profiles|Audience|DueTimes|Privacy)Table/;
/** Days that landed files lie there until their day is sealed and they are deleted. */
const LANDED_DAYS = 2;

/**
 * A month of what one month's events leave; each further month adds as much of tables and sealed days. Landed files are deleted
 * when their day is sealed, but lie there for as long as they can be brought back.
 */
function storage({ tableBytes, lakeBytes, sealedBytes, resources }: Sample, scale: number): BillLine[] {
  const people = Object.entries(tableBytes).filter(([table]) => ofPeople.test(table));
  const tables = people.flatMap(([table, bytes]): BillLine[] => [
    { driver: nameOf(table), unit: 'dynamodbStoredBytes', growth: 'event', quantity: bytes * scale },
    { driver: nameOf(table), unit: 'dynamodbBackupBytes', growth: 'event', quantity: bytes * scale },
  ]);
  const landedMonths = ((LANDED_DAYS + undeleteDaysOf(resources)) * 24) / MONTH_HOURS;
  const quantity = (sealedBytes + lakeBytes * landedMonths) * scale;
  return [...tables, { driver: 'Lake', unit: 's3StoredBytes', growth: 'event', quantity }];
}

/** Each snapshot reads the whole table, so that its reads grow with the people; the rest is the same for any number. */
function snapshots({ snapshot, resources }: Sample, scale: number): BillLine[] {
  const [first] = snapshot;
  if (first === undefined) return [];
  const environment = resources.get(first.caller)?.properties.Environment as { Variables?: Record<string, string> };
  const times = (MONTH_HOURS * 60) / Number(environment?.Variables?.SNAPSHOT_MINUTES ?? 1440);
  return snapshot.map((line) =>
    line.unit === 'dynamodbReadUnits'
      ? lineOf(line, 'event', line.quantity * times * scale)
      : lineOf(line, 'month', line.quantity * times),
  );
}

/** What runs by the clock, whether or not anything is to be done. */
function schedules({ idle }: Sample, tables: ReadonlyMap<string, TableCapacity>): TableLine[] {
  return idle.flatMap(({ functionLogicalId, expression, timeZone, usage }) => {
    const runs = runsPerMonth(expression, timeZone);
    return [
      { driver: nameOf(functionLogicalId), unit: 'schedulerRuns', growth: 'month', quantity: runs } as const,
      ...usage.map((line) => ({
        ...lineOf(line, 'month', line.quantity * runs),
        table: tableIn(line, tables.keys()),
      })),
    ];
  });
}

/** Runs of a schedule in 730 hours. */
export function runsPerMonth(expression: string, timeZone: string): number {
  const start = Date.UTC(2026, 0, 1);
  const end = start + MONTH_HOURS * 3_600_000;
  const next = beatOf(expression, timeZone, start);
  let runs = 0;
  for (let at = next(start); at !== undefined && at <= end; at = next(at)) runs += 1;
  return runs;
}

interface AlarmMetrics {
  readonly Metrics?: readonly { readonly MetricStat?: object }[];
}

function watching({ resources }: Sample): BillLine[] {
  const of = (type: string) => [...resources.values()].filter((resource) => resource.type === type);
  const alarms = of('AWS::CloudWatch::Alarm').reduce((sum, { properties }) => {
    const { Metrics } = properties as AlarmMetrics;
    return sum + (Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1);
  }, 0);
  const driver = 'Monitoring';
  return [
    { driver, unit: 'alarmMetrics', growth: 'month', quantity: alarms },
    { driver, unit: 'customMetrics', growth: 'month', quantity: of('AWS::Logs::MetricFilter').length },
    { driver, unit: 'dashboards', growth: 'month', quantity: of('AWS::CloudWatch::Dashboard').length },
  ];
}
