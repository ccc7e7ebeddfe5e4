import { createHash } from 'node:crypto';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { IncompleteBuildError } from '../errors.ts';

/** The keys with which a sample is sent, and segments are deleted. */
export const WRITE_KEY = 'wk_local';
export const API_KEY = 'sk_local';
const accepted = (key: string) =>
  JSON.stringify([{ id: 'local', sha256: createHash('sha256').update(key).digest('hex') }]);

export interface MappingSettings {
  readonly batchSize: number;
  readonly windowSeconds: number;
}

type Resources = Record<string, { Type: string; Properties: Record<string, never> }>;

/** Records of transitions for each request. */
const FILTERED_SHARE = 0.4;
/** Waits for a full batch where batches are more than one record: longer than the month takes to send one, by the sample's clock. */
const fillSeconds = (windowSeconds: number): number => Math.min(300, Math.max(20, 3 * windowSeconds));

/**
 * Makes a copy of a stage's assembly in `folder` in which a sample is like its month: batches hold as many records as they
 * hold at the month's pace, no schedule runs by itself, and the sample's keys are accepted.
 */
export async function stageAssembly(
  assemblyDir: string,
  folder: string,
  recordsOf: (mapping: MappingSettings) => number,
): Promise<void> {
  const names = await readdir(assemblyDir);
  const template = names.find((name) => name.endsWith('.template.json'));
  if (template === undefined)
    throw new IncompleteBuildError(`${assemblyDir} has no template: delete it and start again.`);
  for (const name of names) {
    if (name !== template) await symlink(path.resolve(assemblyDir, name), path.join(folder, name));
  }
  const stack = JSON.parse(await readFile(path.join(assemblyDir, template), 'utf8')) as { Resources: Resources };
  for (const { Type, Properties } of Object.values(stack.Resources)) adapt(Type, Properties, recordsOf);
  await writeFile(path.join(folder, template), JSON.stringify(stack));
}

function adapt(
  type: string,
  properties: Record<string, unknown>,
  recordsOf: (mapping: MappingSettings) => number,
): void {
  if (type === 'AWS::Scheduler::Schedule') properties.State = 'DISABLED';
  if (type === 'AWS::Lambda::EventSourceMapping') {
    const batchSize = Number(properties.BatchSize ?? 100);
    const windowSeconds = Number(properties.MaximumBatchingWindowInSeconds ?? 0);
    const all = recordsOf({ batchSize, windowSeconds });
    const records = properties.FilterCriteria === undefined ? all : all * FILTERED_SHARE;
    properties.BatchSize = Math.max(1, Math.round(records));
    properties.MaximumBatchingWindowInSeconds = properties.BatchSize === 1 ? 0 : fillSeconds(windowSeconds);
  }
  const { Variables } = (properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
  if (type !== 'AWS::Lambda::Function' || Variables === undefined) return;
  if (Variables.WRITE_KEYS !== undefined) Variables.WRITE_KEYS = accepted(WRITE_KEY);
  if (Variables.API_KEYS !== undefined) Variables.API_KEYS = accepted(API_KEY);
}
