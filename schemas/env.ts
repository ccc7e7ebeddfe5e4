/**
 * The environment of each function: the stack types what it sets by these, the function reads by these.
 *
 * Not by zod, because every bundle holds this file, and even zod's smallest build took 4 ms of each start to check a
 * text or two (infra/decisions/0005).
 */
import { accessKeys, text, type Variable, VariableError } from './variable.ts';

export type { AccessKey } from './access-key.ts';

type Variables = Readonly<Record<string, Variable>>;

/** The values that a function reads from its environment. */
export type ValuesOf<V extends Variables> = { readonly [K in keyof V]: ReturnType<V[K]['read']> };

const profilesTable = text('name of the profiles table, set by Profiles.grantRead or grantWrite');
const streamName = text('name of the event stream, set by EventStream.grantPut');

export const collectorEnv = {
  STREAM_NAME: streamName,
  WRITE_KEYS: accessKeys('accepted write keys, set by Ingestion from `writeKeys` in infra/config.ts'),
};
export const profileUpdaterEnv = { PROFILES_TABLE: profilesTable };
export const lakeWriterEnv = { LAKE_BUCKET: text('name of the lake bucket, set by Lake.grantWrite') };
export const profileApiEnv = {
  PROFILES_TABLE: profilesTable,
  API_KEYS: accessKeys('accepted API keys, set by the stack from `apiKeys` in infra/config.ts'),
};
export const serviceApiEnv = {};

/** Every function of the stack, by the name of its folder, with its environment. */
export const environments = {
  collector: collectorEnv,
  'profile-updater': profileUpdaterEnv,
  'lake-writer': lakeWriterEnv,
  'profile-api': profileApiEnv,
  'service-api': serviceApiEnv,
} as const;
export type FunctionName = keyof typeof environments;

/** What the stack must set for a function: every one of its variables, as a string. */
export type EnvironmentOf<N extends FunctionName> = { readonly [K in keyof (typeof environments)[N]]: string };

/** A function was started without a variable that it needs, or with one that it cannot read. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Reads a function's environment from `source` (usually `process.env`).
 * Throws `EnvironmentError` that names each wrong variable and who sets it; values are left out, they may be secret.
 */
export function readEnv<V extends Variables>(
  variables: V,
  source: Readonly<Record<string, string | undefined>>,
): ValuesOf<V> {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, { description, read }] of Object.entries(variables)) {
    try {
      const given = source[name];
      if (given === undefined) throw new VariableError('is missing');
      values[name] = read(given);
    } catch (error) {
      if (!(error instanceof VariableError)) throw error;
      wrong.push(`${name} ${error.message} (${description})`);
    }
  }
  if (wrong.length > 0) throw new EnvironmentError(`Environment variables are wrong: ${wrong.join('; ')}`);
  return values as ValuesOf<V>;
}
