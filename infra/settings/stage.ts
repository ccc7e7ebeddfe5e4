import { z } from 'zod';
import { currencyCodes } from '../../schemas/event/currencies.ts';
import { DEFAULT_CURRENCY } from '../../schemas/event/vocabulary.ts';
import { auth, keys } from './access.ts';
import { identity, spaces, toldOfIdentity } from './people.ts';
import { privacy, toldOfPrivacy } from './privacy.ts';
import { recommendations } from './recommendations.ts';
import { busyTables, consumer, hours, stream } from './stream.ts';
import { watch } from './watch.ts';

/** Characters that functions have room for which are told of identity and spaces. */
const IDENTITY_ROOM = 2_500;

/** Characters that the collector's variables have room for: Lambda allows 4 KB in all. */
const COLLECTOR_ROOM = 3_400;
/** Characters that functions with API keys have room for beside the names of what they use. */
const API_ROOM = 3_000;

/** Memory in MB; Lambda gives CPU in proportion, a whole core at 1,769. */
const memory = (mb: number) => z.int().min(128).max(10_240).default(mb);

const settings = z.strictObject({
  /** Whether data outlives the stack: stores are retained and protected, the stack cannot be deleted. */
  keepData: z.boolean().default(false),
  stream,
  busyTables,
  /** A batch is what one shard takes in a second: the more it holds, the fewer writes a visit needs. */
  profileUpdater: consumer({ batchSize: 1_000, windowSeconds: 1 }),
  /** The window decides how many files a day gets. */
  lakeWriter: consumer({ batchSize: 10_000, windowSeconds: 60 }),
  /**
   * Reads only the transitions of segments: the lists of members follow them. No record of these can be poison, so that
   * it retries as long as their age allows.
   */
  audienceWriter: consumer({ batchSize: 500, windowSeconds: 1, retryAttempts: 5_000 }),
  identity,
  spaces,
  privacy,
  sweeper: z
    .strictObject({
      /**
       * Seconds between two looks at what is due. Less is more punctual and costs more, because the function waits in
       * between; 60 waits for nothing.
       */
      everySeconds: z.int().min(1).max(60).default(20),
    })
    .prefault({}),
  /** Requests per second, and how many more may come at once, over all clients of the API. */
  throttle: z.strictObject({ rate: z.int().min(1).default(1_000), burst: z.int().min(1).default(2_000) }).prefault({}),
  lake: z
    .strictObject({
      /** Days until files move to a storage class that is cheaper when they are read seldom. */
      tieringAfterDays: z.int().min(1).default(60),
      /** Days that an overwritten or deleted file can be brought back: the longest that erased data lingers. */
      undeleteDays: z.int().min(1).default(7),
      /** Hours that landed files stay after their day was sealed: longer than any query runs. */
      landedGraceHours: hours(8760).default(24),
      /** Days that the results of queries are kept. */
      resultDays: z.int().min(1).default(7),
    })
    .prefault({}),
  /** ISO 4217 code of the money that views and reports sum over people and days; other money is left out of sums. */
  reportingCurrency: z
    .enum(currencyCodes as [string, ...string[]], 'is no ISO 4217 code such as USD')
    .default(DEFAULT_CURRENCY),
  profileSnapshots: z
    .strictObject({
      /** Minutes from one snapshot of all profiles to the next, from midnight UTC. Each reads the whole table. */
      everyMinutes: z.int().min(1).max(1_440).default(1_440),
      /** Days that a snapshot is kept; of a day that has several, the last. */
      keepDays: z.int().min(2).max(3_650).default(35),
    })
    .prefault({}),
  watch,
  recommendations,
  reports: z
    .strictObject({
      /** Seconds for which the answer of a report counts whose days include today. Less is fresher and costs queries. */
      openSeconds: z.int().min(1).max(3_600).default(60),
      /** Seconds for which the answer of a report of past days counts; only late events change it. */
      closedSeconds: z.int().min(1).max(86_400).default(900),
      /** Seconds that a request waits for its report before it is told where to look later. */
      waitSeconds: z.int().min(1).max(25).default(20),
    })
    .prefault({}),
  /** Bytes after which Athena stops a query; 10 GB cost about 0.05 $. Athena takes no less than 10 MB. */
  queryScanLimitBytes: z.int().min(10_000_000).default(10_000_000_000),
  logRetentionDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365]).default(30),
  /** Where alarms are sent; without it they only show in CloudWatch. */
  alarmEmail: z.email().optional(),
  /** Keys that may send events. The id names the source in the data. */
  writeKeys: keys,
  /** Keys that may read and manage. The id names the key in logs. */
  apiKeys: keys,
  auth,
  memory: z
    .strictObject({
      collector: memory(512),
      'profile-updater': memory(1024),
      'lake-writer': memory(1024),
      sealer: memory(3008),
      importer: memory(1024),
      /** A history of a million events of one key takes about 1.5 GB. */
      replayer: memory(2048),
      'audience-writer': memory(512),
      sweeper: memory(192),
      'segment-api': memory(1024),
      'segment-backfill': memory(1024),
      'profile-api': memory(512),
      'catalog-api': memory(512),
      'report-api': memory(1024),
      'profile-snapshot': memory(1024),
      watch: memory(256),
      /** The lists of likeness of 100,000 items take about 100 MB, a file of neighbours about 500 MB; EASE of 10,000 items 900 MB. */
      trainer: memory(3008),
      /** A model of 40,000 items and what is related to 4,000 of them take about 150 MB; memory is also speed. */
      'recommendation-api': memory(1024),
      'privacy-api': memory(512),
      /** Files of the lake are rewritten in memory. */
      'privacy-worker': memory(3008),
      'service-api': memory(256),
    })
    .prefault({}),
});

/** The settings of a stage: what each is, its bounds and its default. */
export const stageSettings = settings.superRefine((stage, ctx) => {
  if (stage.spaces.length > 0 && toldOfIdentity(stage).length > IDENTITY_ROOM) {
    const message =
      'and identity are together too long for the variables of a function: it has room for about 20 spaces';
    ctx.addIssue({ code: 'custom', path: ['spaces'], message });
  }
  if (stage.auth.jwt?.spaceClaim !== undefined && stage.spaces.length === 0) {
    const message = 'names the claim of a space, and there are no spaces: name them in `spaces`, or leave it out';
    ctx.addIssue({ code: 'custom', path: ['auth', 'jwt', 'spaceClaim'], message });
  }
  if (toldOfPrivacy(stage.privacy).length + JSON.stringify(stage.writeKeys).length > COLLECTOR_ROOM) {
    const message =
      'and writeKeys are together too long for the variables of a function: make keys by `npm run keys` instead';
    ctx.addIssue({ code: 'custom', path: ['privacy'], message });
  }
  if (stage.auth.jwt && JSON.stringify([stage.auth.jwt, stage.apiKeys]).length > API_ROOM) {
    const message =
      'and apiKeys are together too long for the variables of a function: make keys by `npm run keys` instead';
    ctx.addIssue({ code: 'custom', path: ['auth', 'jwt'], message });
  }
  for (const name of ['profileUpdater', 'lakeWriter', 'audienceWriter'] as const) {
    if (stage[name].recordAgeHours < stage.stream.retentionHours) continue;
    ctx.addIssue({
      code: 'custom',
      path: [name, 'recordAgeHours'],
      message: `must be less than stream.retentionHours (${stage.stream.retentionHours}), or the stream drops what should be set aside`,
    });
  }
});
export type StageSettings = z.output<typeof stageSettings>;
