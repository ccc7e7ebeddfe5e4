import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runPartition, trainingFolder, trainingPrefix, trainingTables } from '../../../schemas/lake/training-tables.ts';
import type { Quality } from '../../../schemas/training.ts';
import { StartError, UsageError } from '../errors.ts';
import { startGateway } from '../gateway/gateway.ts';
import { localEnvironment } from '../query/athena-process.ts';
import { startEntry } from '../query/entry-process.ts';
import type { Catalog } from '../services/athena/catalog.ts';
import { createAthenaService } from '../services/athena.ts';
import { createS3Service } from '../services/s3.ts';
import { type LoadedFile, loadFile } from './load-file.ts';
import { type Phase, type PhaseName, Phases } from './phases.ts';
import type { EvaluateRequest } from './request.ts';

const entry = fileURLToPath(new URL('../../../functions/trainer/evaluate.ts', import.meta.url));

export interface Evaluation {
  readonly users: number;
  readonly quality: Quality;
  readonly popularity: Quality;
  readonly trained: {
    readonly form: Readonly<Record<string, number>>;
    readonly parameters: {
      readonly blend: Readonly<Record<string, number>>;
      readonly history: Readonly<Record<string, number>>;
      readonly neighbours: number;
      readonly ease?: { readonly lambda: number };
    };
    readonly validated: number;
    readonly quality: Quality;
    readonly baseline: Readonly<Record<'popularity' | 'cosine' | 'untuned', Quality>>;
    readonly items: number;
    readonly people: number;
    readonly interactions: number;
  };
}

export interface Evaluated extends Evaluation {
  readonly train: LoadedFile;
  readonly test: LoadedFile;
  readonly phases: ReadonlyMap<PhaseName, Phase>;
}

/** The evaluation failed; the message says why. */
export class EvaluationFailed extends StartError {
  override readonly name = 'EvaluationFailed';
}

interface Line {
  readonly phase?: PhaseName;
  readonly doing?: string;
  readonly done?: number;
  readonly total?: number;
  readonly rss?: number;
  readonly result?: Evaluation;
}

export type OnProgress = (doing: string, done: number, total: number) => void;

const bucket = 'evaluation';
const database = 'headwater_local';
const workgroup = 'headwater-local';
const runs = { train: 'evaluated', test: 'tested' } as const;

/** Loads both files into a lake of their own, lets a process train, rank and measure on it, and deletes the lake. Throws a `StartError`. */
export async function evaluate(request: EvaluateRequest, onProgress: OnProgress): Promise<Evaluated> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'headwater-evaluate-'));
  const phases = new Phases();
  try {
    const fileOf = (run: string) =>
      path.join(dataDir, 's3', bucket, trainingPrefix('given_interactions', run, 'all'), 'given.parquet');
    onProgress('reading files', 0, 2);
    const train = await loadFile(request.train, fileOf(runs.train));
    onProgress('reading files', 1, 2);
    const test = await loadFile(request.test, fileOf(runs.test));
    onProgress('reading files', 2, 2);
    if (request.sequential && !train.hasTimes) {
      throw new UsageError(
        `--sequential needs to know what came after what: ${request.train} has no timestamp column.`,
      );
    }
    mkdirSync(path.join(dataDir, 'state'), { recursive: true });
    writeFileSync(path.join(dataDir, 'state', 'catalog.json'), JSON.stringify(catalog));
    const result = await onLake(dataDir, request, train, phases, onProgress);
    phases.stop();
    return { ...result, train, test, phases: phases.all };
  } finally {
    phases.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const catalog: Catalog = {
  database,
  tables: trainingTables.map(({ name, comment, columns }) => ({
    name,
    comment,
    kind: 'table',
    columns,
    partitionKeys: [runPartition],
    location: `s3://${bucket}/${trainingFolder}${name}/`,
    projection: { 'projection.enabled': 'true', [`projection.${runPartition.name}.type`]: 'injected' },
  })),
  workGroups: [{ name: workgroup, outputLocation: `s3://${bucket}/results/` }],
};

async function onLake(
  dataDir: string,
  request: EvaluateRequest,
  train: LoadedFile,
  phases: Phases,
  onProgress: OnProgress,
): Promise<Evaluation> {
  const services = [
    await createS3Service({ dataDir }),
    await createAthenaService({ dataDir, memoryLimit: request.memory }),
  ];
  const gateway = await startGateway({ services });
  try {
    return await ranIn(gateway.url, request, train, phases, onProgress);
  } finally {
    await gateway.close();
    await Promise.all(services.map((service) => service.close()));
  }
}

/** What one query of the training adds up in a gigabyte without going to disk. */
const PAIRS_A_GIGABYTE = 25_000_000;

const gigabytesOf = (size: string): number => Number.parseFloat(size) / (/GB$/i.test(size) ? 1 : 1000);

const cosineOnly = {
  form: { a: 0, b: 0.5, c: 0.5, nearness: 0, backward: 1, orderDecay: 1 },
  blend: { collaborative: 1, content: 0, popularity: 0 },
};

async function ranIn(
  url: string,
  request: EvaluateRequest,
  train: LoadedFile,
  phases: Phases,
  onProgress: OnProgress,
): Promise<Evaluation> {
  const isTuned = request.model !== 'untuned' && request.model !== 'cosine';
  const job = {
    run: runs.train,
    source: 'given',
    hasTimes: train.hasTimes,
    sequential: request.sequential,
    asOf: train.latest,
    budgetMs: isTuned ? request.tuningSeconds * 1000 : 0,
    ...(isTuned && request.model !== 'tuned' && { method: request.model }),
    ...(request.model === 'cosine' && cosineOnly),
    seed: request.seed,
    neighbours: request.neighbours,
    pairsAtOnce: Math.floor(gigabytesOf(request.memory) * PAIRS_A_GIGABYTE),
  };
  const options = { database, workgroup, bucket, job: JSON.stringify(job), test: runs.test, k: String(request.k) };
  const args = Object.entries({ ...options, ...(request.out && { out: request.out }) });
  const spoken = args.map(([name, value]) => `--${name}=${value}`);
  const asked = startEntry(entry, spoken, localEnvironment(url));
  let result: Evaluation | undefined;
  for await (const text of createInterface({ input: asked.stdout })) {
    const line = JSON.parse(text) as Line;
    if (line.phase) phases.enter(line.phase);
    if (line.rss !== undefined) phases.other(line.rss);
    if (line.doing) onProgress(line.doing, line.done ?? 0, line.total ?? 0);
    result = line.result ?? result;
  }
  const failure = await asked.failure();
  if (failure !== undefined || !result) throw new EvaluationFailed(`The evaluation failed: ${failure ?? ''}`);
  return result;
}
