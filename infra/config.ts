/** The settings of every stage: the one file to edit before a deploy. What a stage leaves out takes the default. */
import { z } from 'zod';
import { accessKeyRules } from '../schemas/access-key.ts';
import { currencyCodes } from '../schemas/event/currencies.ts';
import { DEFAULT_CURRENCY } from '../schemas/event/vocabulary.ts';
import { externalTraitName } from '../schemas/identity-rules.ts';
import { fieldPath, openPrivacy } from '../schemas/privacy-settings.ts';
import { expiringTables } from '../schemas/retention.ts';
import { spaceId } from '../schemas/spaces.ts';
import { issuerUrl } from '../schemas/token-settings.ts';
import { type WatchMetric, watchMetrics } from '../schemas/watch.ts';

const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/;
const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};
const hours = (most: number) => z.int().min(1).max(most);

/** Names of traits, and values that are no identifiers. */
const identity = z
  .strictObject({
    /** Traits that identify a person beside the user id: two anonymous visitors with one e-mail address are one person. */
    externalTraits: z
      .array(z.string().regex(externalTraitName, 'is a name of letters, digits, dashes and underscores'))
      .max(20)
      .default(['email', 'phone']),
    /** Values that are no identifiers, beside the built-in ones: they join nobody. */
    blockedIds: z.array(z.string().min(1).max(256)).default([]),
  })
  .refine(
    (rules) => JSON.stringify(rules).length <= 2_500,
    'is too long: a function has room for about 100 blocked ids',
  )
  .prefault({});

/**
 * Sources whose people are nobody of another source's, whatever ids and addresses they share, such as two brands. What arrives
 * from then on counts; so name a space before its first event, and keep it, without sources if need be, as long as it has data.
 */
const spaces = z
  .array(
    z.strictObject({
      /** What ids of its people begin with, before a slash; a key may be limited to it. */
      id: z.string().regex(spaceId, 'is no name of 1 to 32 small letters, digits and dashes'),
      /** Sources of write keys, of direct producers, and `import:<name>` of imports. */
      sources: z.array(
        z
          .string()
          .min(1)
          .max(100)
          .refine((source) => !/^api(:|$)/.test(source), 'is the API itself, which knows whose people it writes for'),
      ),
    }),
  )
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'holds an id twice')
  .refine((list) => {
    const sources = list.flatMap((space) => space.sources);
    return new Set(sources).size === sources.length;
  }, 'holds a source twice: it can be of one space only')
  .default([]);

const stream = z
  .discriminatedUnion('mode', [
    /** Scales by itself and is billed by volume. */
    z.strictObject({ mode: z.literal('onDemand'), retentionHours: hours(8760).min(24).default(24) }),
    /** Cheaper for a steady load; one shard takes 1 MB/s and 1,000 records/s. */
    z.strictObject({
      mode: z.literal('provisioned'),
      shards: z.int().min(1).max(500),
      retentionHours: hours(8760).min(24).default(24),
    }),
  ])
  .default({ mode: 'onDemand', retentionHours: 24 });

const units = (least: number) => z.int().min(1).max(40_000).default(least);

/** The tables that every batch of events reads or writes: profiles, audiences, due times and the register of privacy. */
const busyTables = z
  .discriminatedUnion('mode', [
    /** Takes any load at once and is billed by request. */
    z.strictObject({ mode: z.literal('onDemand') }),
    /**
     * Follows the load within minutes, for less than half the price where that is steady. A load that jumps above what is there
     * waits: profiles are late then, and reads of apps may be refused.
     */
    z.strictObject({
      mode: z.literal('provisioned'),
      /** Write and read units a second of each table that are always there. */
      leastWrites: units(2),
      leastReads: units(4),
      /** The most that a table follows to. */
      mostWrites: units(1_000),
      mostReads: units(1_000),
      /** Percent of the units that shall be used. */
      utilisation: z.int().min(20).max(90).default(70),
    }),
  ])
  .default({ mode: 'onDemand' });

/** How a function reads the stream. */
const consumer = (defaults: { batchSize: number; windowSeconds: number; retryAttempts?: number }) =>
  z
    .strictObject({
      /** Most records of one invocation. */
      batchSize: z.int().min(1).max(10_000).default(defaults.batchSize),
      /** Longest wait for a full batch. Longer means fewer writes and fresher data later. */
      windowSeconds: z.int().min(0).max(300).default(defaults.windowSeconds),
      /** Retries of a failing batch before it goes to the failure destination. */
      retryAttempts: z
        .int()
        .min(0)
        .max(10_000)
        .default(defaults.retryAttempts ?? 20),
      /** Age at which a record goes to the failure destination unread. Keep it below the stream's retention. */
      recordAgeHours: hours(168).default(12),
    })
    .prefault({});

/** Memory in MB; Lambda gives CPU in proportion, a whole core at 1,769. */
const memory = (mb: number) => z.int().min(128).max(10_240).default(mb);

/** When figures ring: what each metric is, `watchMetrics` in schemas/watch.ts tells. */
const watch = z
  .strictObject({
    /** When the watch looks, as EventBridge writes it, in UTC. */
    schedule: z
      .string()
      .regex(/^(cron|rate)\(.+\)$/, 'is no schedule such as cron(15 * * * ? *) or rate(1 hour)')
      .default('cron(15 * * * ? *)'),
    rules: z
      .array(
        z
          .strictObject({
            id: z.string().regex(/^[a-z0-9-]{1,60}$/, 'is a name of small letters, digits and dashes'),
            metric: z.enum(Object.keys(watchMetrics) as [WatchMetric, ...WatchMetric[]]),
            direction: z.enum(['falls', 'rises']),
            /** Share of the median of the last 8 same weekdays, up to the same hour: 0.2 for 20 %. */
            change: z.number().positive().max(100).optional(),
            /** What the metric must not fall below, or rise above. */
            threshold: z.number().optional(),
            /** Fewer sessions, orders or messages than these say nothing, so that small shops don't ring by chance. */
            least: z.int().min(0),
          })
          .refine(({ change, threshold }) => change !== undefined || threshold !== undefined, {
            error: 'needs a change or a threshold',
          }),
      )
      .refine((rules) => new Set(rules.map(({ id }) => id)).size === rules.length, 'holds an id twice')
      .default([
        { id: 'conversion-falls', metric: 'conversion', direction: 'falls', change: 0.2, least: 500 },
        { id: 'orders-fall', metric: 'orders', direction: 'falls', change: 0.5, least: 30 },
        { id: 'sessions-fall', metric: 'sessions', direction: 'falls', change: 0.5, least: 200 },
        { id: 'quality-low', metric: 'quality', direction: 'falls', threshold: 80, least: 1_000 },
      ]),
    /** Hours of each day in which nothing rings; what is noticed in them rings afterwards. */
    quietHours: z
      .strictObject({
        timeZone: z.string().refine(isTimeZone, 'is no IANA time zone such as Europe/Berlin'),
        from: z.string().regex(timeOfDay, 'is no time HH:MM'),
        to: z.string().regex(timeOfDay, 'is no time HH:MM'),
      })
      .optional(),
  })
  .refine((settings) => JSON.stringify(settings).length <= 2_500, 'is too long: a function has room for about 20 rules')
  .prefault({});

const share = (most = 1) => z.number().min(0).max(most);

/** What is recommended: how it is trained, and how it is served. */
const recommendations = z
  .strictObject({
    /** When models are trained, as EventBridge writes it, in UTC. */
    schedule: z
      .string()
      .regex(/^(cron|rate)\(.+\)$/, 'is no schedule such as cron(0 3 * * ? *) or rate(1 day)')
      .default('cron(0 3 * * ? *)'),
    /**
     * How related items are found: `together` by what people had together, of any number of items; `ease` by the inverse of
     * what items have in common, better for a dense catalogue. Above 10,000 items that falls back to `together`.
     */
    method: z.enum(['together', 'ease']).default('together'),
    /** A version whose NDCG is worse than the present one's by more than this share is not published. */
    tolerance: share().default(0.1),
    /** Seconds that weighing parameters may take in each training; 0 takes the default ones. */
    tuningSeconds: z.int().min(0).max(600).default(180),
    /** Share of people who get popular items instead, so that the lift can be told. */
    holdoutShare: share(0.5).default(0.05),
    /** Whether what a person has bought may be recommended again. */
    repurchasable: z.boolean().default(false),
    /** Shares of what a score is made of, or `tuned`: weighed by the trainer where data allows. */
    blend: z
      .union([
        z.literal('tuned'),
        z
          .strictObject({ collaborative: share(), content: share(), popularity: share() })
          .refine((blend) => Math.abs(blend.collaborative + blend.content + blend.popularity - 1) < 1e-6, {
            error: 'does not add up to 1',
          }),
      ])
      .default('tuned'),
  })
  .prefault({});

const keyProperty = ({ pattern, is }: (typeof accessKeyRules)['id']) => z.string().regex(pattern, is);

/** `{id, sha256}` of each key; make the hash with `printf %s KEY | shasum -a 256`. */
const keys = z
  .array(z.object({ id: keyProperty(accessKeyRules.id), sha256: keyProperty(accessKeyRules.sha256) }))
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'holds an id twice')
  .refine((list) => JSON.stringify(list).length <= 3_000, 'is too long: a function has room for about 25 keys')
  .default([]);

const placeOfIssuer = z.string().regex(issuerUrl, 'is no URL such as https://login.example.com');
const claimName = z.string().min(1).max(100);

/** Who may call beside those with keys. */
const auth = z
  .strictObject({
    /** Tokens of one issuer by OpenID Connect, as `Authorization: Bearer <JWT>`. */
    jwt: z
      .strictObject({
        /** As the claim `iss` has it, to the letter. */
        issuer: placeOfIssuer,
        /** What the claim `aud` must hold: one, or any of several. */
        audience: z.union([
          z
            .string()
            .min(1)
            .transform((one) => [one]),
          z.array(z.string().min(1)).min(1),
        ]),
        /** Where the issuer's keys are. Without it, `/.well-known/openid-configuration` of the issuer tells. */
        jwksUri: placeOfIssuer.optional(),
        /** Claim with the scopes read, manage and privacy: text with spaces, or a list. */
        scopesClaim: claimName.default('scope'),
        /** What stands before them there, such as `headwater:`. */
        scopePrefix: z.string().max(100).default(''),
        /** Claim that says whose token it is. The audit log has a hash of it, or the name of an application (`client_id`, `azp`). */
        keyIdClaim: claimName.default('sub'),
        /**
         * Claim that names the one of `spaces` whose people a token is for, or `*` for all people: a token without it is
         * refused then. Left out, every token is for all people.
         */
        spaceClaim: claimName.optional(),
      })
      .optional(),
  })
  .prefault({});

const grants = { analytics: z.boolean(), personalisation: z.boolean(), marketing: z.boolean() };

const keptDays = z.int().min(1).max(36_500).optional();
type KeptDays = Record<(typeof expiringTables)[number], typeof keptDays>;

/** What holds for people who made no choice, what of an event is kept, and for how long. */
const privacy = z
  .strictObject({
    consent: z
      .strictObject({
        /** Whether each purpose is granted until somebody says otherwise. Without `analytics` nothing is stored. */
        defaults: z
          .strictObject({
            analytics: grants.analytics.default(openPrivacy.consent.defaults.analytics),
            personalisation: grants.personalisation.default(openPrivacy.consent.defaults.personalisation),
            marketing: grants.marketing.default(openPrivacy.consent.defaults.marketing),
          })
          .prefault({}),
        /** What holds in some countries instead; the first that names the country counts. */
        regions: z
          .array(
            z.strictObject({
              countries: z.array(z.string().regex(/^[A-Z]{2}$/, 'is no ISO 3166-1 code such as DE')).min(1),
              defaults: z.strictObject(grants).partial(),
            }),
          )
          .default([]),
        /**
         * Header in which something in front of the API, such as CloudFront, names the country; it must replace what clients
         * send. Without the header `context.location.country` of an event counts.
         */
        countryHeader: z
          .string()
          .regex(/^[a-z0-9-]{1,60}$/, 'is no name of a header in small letters')
          .default(openPrivacy.consent.countryHeader),
        /** Whether browsers that ask not to be tracked (`DNT: 1`, `Sec-GPC: 1`) deny every purpose by default. */
        doNotTrack: z.enum(['ignore', 'deny']).default(openPrivacy.consent.doNotTrack),
      })
      .prefault({}),
    /**
     * Fields that are dropped, or replaced by a hash of their text, before anything is stored:
     * `{ path: 'traits.email', action: 'hash' }`. A path begins with traits, properties or context; `*` stands for each
     * element of a list. A hashed trait identifies nobody.
     */
    fields: z
      .array(
        z.strictObject({
          path: z.string().regex(fieldPath, 'is no path such as traits.email or properties.products.*.note'),
          action: z.enum(['drop', 'hash']),
        }),
      )
      .default([]),
    /**
     * Days that rows of the lake are kept, by table: `{ raw: 90, events: 730 }`. A day goes when so many whole days have
     * passed since its end; a table that is not named is kept. Profiles that are rebuilt know no more than `raw` does.
     */
    retention: z
      .strictObject(Object.fromEntries(expiringTables.map((table) => [table, keptDays])) as KeptDays)
      .prefault({}),
  })
  .prefault({});

/** What functions are told of it. */
export const toldOfPrivacy = ({ consent, fields }: z.output<typeof privacy>): string =>
  JSON.stringify({ consent, fields });

/** What functions are told of whose ids are whose. */
export const toldOfIdentity = ({ identity, spaces }: Pick<StageSettings, 'identity' | 'spaces'>): string =>
  JSON.stringify({ ...identity, ...(spaces.length > 0 && { spaces }) });
const IDENTITY_ROOM = 2_500;

/** Characters that the collector's variables have room for: Lambda allows 4 KB in all. */
const COLLECTOR_ROOM = 3_400;
/** Characters that functions with API keys have room for beside the names of what they use. */
const API_ROOM = 3_000;

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

export const stages: Readonly<Record<string, z.input<typeof stageSettings>>> = {
  /** The laptop: data shows at once, nothing is throttled, and the keys are fixed. */
  local: {
    profileUpdater: { windowSeconds: 0 },
    lakeWriter: { windowSeconds: 1 },
    audienceWriter: { windowSeconds: 0 },
    sweeper: { everySeconds: 2 },
    reports: { openSeconds: 5 },
    profileSnapshots: { everyMinutes: 5 },
    recommendations: { tuningSeconds: 20 },
    throttle: { rate: 100_000, burst: 100_000 },
    logRetentionDays: 1,
    // For trying: a write key of this source keeps its people apart.
    spaces: [{ id: 'brand-b', sources: ['brand-b-web'] }],
    // sha256 of wk_local and sk_local.
    writeKeys: [{ id: 'local', sha256: 'd52f50378b989fd2cf19121f7f420fbfc86bc7a23ab6131fb4c67c1d9a7e9902' }],
    apiKeys: [{ id: 'local', sha256: '89994fb15d114944fba9ac60f230759e5eb6f1ec30a86fe22c03ce252d15cd10' }],
  },
  dev: {
    // It need not scale by itself, and a shard is 18 $ a month cheaper.
    stream: { mode: 'provisioned', shards: 1 },
    lakeWriter: { windowSeconds: 20 },
    throttle: { rate: 100, burst: 200 },
    logRetentionDays: 7,
  },
  prod: {
    keepData: true,
    // Two shards take what the throttle lets through, because events lie compressed on them.
    stream: { mode: 'provisioned', shards: 2 },
    sweeper: { everySeconds: 60 },
    lake: { undeleteDays: 30 },
    logRetentionDays: 90,
  },
  /** Production at the least cost, for a load that is known and steady: profiles follow within two minutes. */
  steady: {
    keepData: true,
    stream: { mode: 'provisioned', shards: 2 },
    busyTables: { mode: 'provisioned' },
    profileUpdater: { windowSeconds: 120 },
    audienceWriter: { windowSeconds: 60 },
    lakeWriter: { windowSeconds: 120 },
    sweeper: { everySeconds: 60 },
    logRetentionDays: 30,
    memory: { collector: 256, 'profile-updater': 512, 'audience-writer': 256, 'lake-writer': 512 },
  },
};

/** A stage that does not exist, or one whose settings are wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The settings of a stage with all defaults; throws `ConfigError` that names each wrong setting by its path. */
export function settingsOf(stage: string, from: Readonly<Record<string, unknown>> = stages): StageSettings {
  if (!Object.hasOwn(from, stage)) {
    throw new ConfigError(`There is no stage "${stage}": infra/config.ts has ${Object.keys(from).join(', ')}.`);
  }
  const result = stageSettings.safeParse(from[stage]);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `  ${[stage, ...path].join('.')}: ${message}`);
  throw new ConfigError(`Settings in infra/config.ts are wrong:\n${wrong.join('\n')}`);
}
