import { trainingFolder, trainingTrials } from '../../schemas/lake/training-tables.ts';
import type { ModelHead } from '../../shared/recommender/model.ts';
import { embeddedMetrics } from '../adapters/embedded-metrics.ts';
import type { Attempt } from '../adapters/model-store.ts';
import { refusalOf } from './quality-guard.ts';
import type { Reach } from './reach.ts';
import type { Step, Training, TrainingStep } from './training.ts';

/** Trainings whose files are kept, this one included: to look at what went into a version. */
const KEPT_RUNS = 2;
/** Runs of a training are named after its version, and what they are for. */
const RUN = /^run=(\d{8}T\d{6}Z-\w{4})/;

/** Has the version served, unless it is worse than the present one. Undefined when another was published meanwhile. */
export async function publish(
  { models, settings, clock }: Pick<Reach, 'models' | 'settings' | 'clock'>,
  { version, startedAt }: Training,
  { trained }: Step<'publish'>,
): Promise<TrainingStep | undefined> {
  const now = clock();
  const { parameters, quality, items, people, interactions } = trained;
  const head: ModelHead = { version, parameters, quality, items, people, interactions, publishedAt: now };
  const present = await models.head();
  const isPublished = present?.current.version === version;
  const before = isPublished ? present.previous[0] : present?.current;
  const attempt = { version, startedAt, endedAt: now, trained, ...(before && { before: before.version }) };
  const reason = isPublished ? undefined : refusalOf(trained, before, { ...settings, now });
  if (reason !== undefined) return { name: 'record', attempt: { ...attempt, outcome: 'refused', reason } };
  if (!isPublished && !(await models.publish(head, before?.version))) return undefined;
  return { name: 'record', attempt: { ...attempt, outcome: 'published' } };
}

/** Notes how the training ended, for people, metrics and the log. */
export async function record(props: Reach, { attempt }: Step<'record'>): Promise<TrainingStep> {
  await props.models.record(attempt);
  props.print(metricsOf(attempt, props));
  const { version, outcome, reason, trained, startedAt, endedAt } = attempt;
  const level = outcome === 'failed' ? 'error' : outcome === 'refused' || trained?.note ? 'warn' : 'info';
  props.log(level, 'A training is over.', {
    code: `training_${outcome}`,
    version,
    reason,
    note: trained?.note,
    items: trained?.items,
    people: trained?.people,
    interactions: trained?.interactions,
    ndcg: trained?.quality.ndcg,
    milliseconds: endedAt - startedAt,
  });
  return { name: 'clean', attempt };
}

function metricsOf({ version, outcome, trained, startedAt, endedAt }: Attempt, { namespace }: Reach): string {
  const isUpToDate = outcome === 'published' || outcome === 'nothing';
  const metrics = {
    TrainingsUpToDate: isUpToDate ? 1 : 0,
    ModelsRefused: outcome === 'refused' ? 1 : 0,
    TrainingMilliseconds: endedAt - startedAt,
    ...(trained && { ModelNdcg: trained.quality.ndcg, ModelCoverage: trained.quality.coverage }),
  };
  return embeddedMetrics({ namespace, metrics, time: endedAt, fields: { version, outcome } });
}

/** Deletes files of trainings but the last ones, and all that only served to weigh parameters. */
export async function clean(
  { files }: Pick<Reach, 'files'>,
  { version }: Training,
  { attempt }: Step<'clean'>,
): Promise<TrainingStep> {
  const folders: { readonly key: string; readonly version: string; readonly isKept: boolean }[] = [];
  for (const table of await files.folders(trainingFolder)) {
    for (const folder of await files.folders(`${trainingFolder}${table}/`)) {
      const [, of = ''] = RUN.exec(folder) ?? [];
      folders.push({ key: `${trainingFolder}${table}/${folder}/`, version: of, isKept: table !== trainingTrials.name });
    }
  }
  const others = new Set(folders.flatMap((folder) => (folder.version === version ? [] : [folder.version])));
  const kept = new Set([
    version,
    ...[...others]
      .sort()
      .reverse()
      .slice(0, KEPT_RUNS - 1),
  ]);
  for (const folder of folders) {
    if (folder.isKept && kept.has(folder.version)) continue;
    await files.remove((await files.list(folder.key)).map(({ key }) => key));
  }
  return { name: 'over', attempt };
}
