/** The stages: the one file to edit before a deploy. What a stage leaves out takes the default; `settings/` says what each setting is. */
import type { z } from 'zod';
import { type StageSettings, stageSettings } from './settings/stage.ts';

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
