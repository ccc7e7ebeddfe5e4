/**
 * The environment of each function: the stack types what it sets by these, the function reads by these.
 *
 * `zod/mini`, because this file is part of every bundle and the classic build would add 70 KB to each.
 */
import * as z from 'zod/mini';

const variable = (description: string) => z.string().check(z.minLength(1), z.describe(description));

/** An accepted key: who it belongs to and the hash it is recognised by, so that no template holds a key itself. */
export const accessKey = z.object({
  /** Source id of a write key, name of an API key. */
  id: z.string().check(z.regex(/^[\w.-]{1,64}$/, 'is 1 to 64 letters, digits, dots, dashes or underscores')),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/, 'is sha256(key) as 64 lower-case hex digits')),
});
export type AccessKey = z.output<typeof accessKey>;

/** A JSON array of access keys as one variable, read as the array. */
const accessKeys = (description: string) =>
  z.pipe(
    z.pipe(
      variable(description),
      z.transform((text, ctx) => {
        try {
          return JSON.parse(text);
        } catch {
          ctx.issues.push({ code: 'custom', message: 'is no JSON', input: undefined });
          return z.NEVER;
        }
      }),
    ),
    z.readonly(z.array(accessKey)),
  );

const profilesTable = variable('name of the profiles table, set by Profiles.grantRead or grantWrite');
const streamName = variable('name of the event stream, set by EventStream.grantPut');

export const collectorEnv = z.object({
  STREAM_NAME: streamName,
  WRITE_KEYS: accessKeys('accepted write keys, set by Ingestion from `writeKeys` in infra/config.ts'),
});
export const profileUpdaterEnv = z.object({ PROFILES_TABLE: profilesTable });
export const lakeWriterEnv = z.object({ LAKE_BUCKET: variable('name of the lake bucket, set by Lake.grantWrite') });
export const profileApiEnv = z.object({
  PROFILES_TABLE: profilesTable,
  API_KEYS: accessKeys('accepted API keys, set by the stack from `apiKeys` in infra/config.ts'),
});
export const serviceApiEnv = z.object({});

/** Every function of the stack, by the name of its folder, with the schema of its environment. */
export const environments = {
  collector: collectorEnv,
  'profile-updater': profileUpdaterEnv,
  'lake-writer': lakeWriterEnv,
  'profile-api': profileApiEnv,
  'service-api': serviceApiEnv,
} as const;
export type FunctionName = keyof typeof environments;

/** What the stack must set for a function: every variable of its schema, as a string. */
export type EnvironmentOf<N extends FunctionName> = {
  readonly [K in keyof z.output<(typeof environments)[N]>]: string;
};

/** A function was started without a variable that it needs, or with one that it cannot read. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Reads a function's environment from `source` (usually `process.env`).
 * Throws `EnvironmentError` that names each wrong variable and who sets it; values are left out, they may be secret.
 */
export function readEnv<S extends z.core.$ZodObject>(
  schema: S,
  source: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const result = z.safeParse(schema, source);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    const what = source[name] === undefined ? 'is missing' : [...path.slice(1), message].join(' ');
    return `${name} ${what} (${describe(schema, name)})`;
  });
  throw new EnvironmentError(`Environment variables are wrong: ${wrong.join('; ')}`);
}

function describe(schema: z.core.$ZodObject, name: string): string {
  let field: z.core.$ZodType | undefined = schema._zod.def.shape[name];
  while (field instanceof z.ZodMiniPipe) field = field._zod.def.in;
  return (field && z.globalRegistry.get(field)?.description) ?? 'not described';
}
