import type { TrainingSettings } from '../../schemas/training.ts';
import type { ItemIndex, ItemNeighbours, Neighbours } from '../../shared/recommender/model.ts';
import type {
  Answer,
  Ask,
  Progress,
  Trained,
  TrainingJob,
  TrainingState,
} from '../../shared/recommender/training/plan.ts';
import type { createAthena } from '../adapters/athena.ts';
import type { CatalogStore } from '../adapters/catalog-store.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import type { log } from '../adapters/log.ts';
import type { ModelStore } from '../adapters/model-store.ts';
import type { ObjectReader } from '../adapters/s3-read.ts';

/** What is asked of the engine, and what comes of the answers: pure. */
export interface TrainingPlan {
  begin(job: TrainingJob): TrainingState;
  /** Undefined when it is trained. */
  next(state: TrainingState): Ask | undefined;
  with(state: TrainingState, answer: Answer): TrainingState;
  progress(state: TrainingState): Progress;
  /** Of a state that has no next ask; undefined where there was nothing to learn from. */
  trained(state: TrainingState): Trained | undefined;
}

/** An item of the model, as a training has made it. */
export interface ItemRow {
  readonly index: ItemIndex;
  readonly id: string;
  readonly popularity: number;
  readonly trend: number;
}

export interface NeighboursRow {
  readonly item: ItemIndex;
  readonly kind: keyof ItemNeighbours;
  readonly neighbours: Neighbours;
}

/** Rows of the files that a training has left, some at a time. */
export interface TrainingOutput {
  items(file: Uint8Array): AsyncIterable<readonly ItemRow[]>;
  /** Of which items a file has neighbours of which kind: read without the lists, which are large. */
  kinds(file: Uint8Array): AsyncIterable<readonly Pick<NeighboursRow, 'item' | 'kind'>[]>;
  neighbours(file: Uint8Array): AsyncIterable<readonly NeighboursRow[]>;
}

/** What the steps of a training reach. */
export interface Reach {
  readonly plan: TrainingPlan;
  readonly output: TrainingOutput;
  readonly models: ModelStore;
  readonly catalog: Pick<CatalogStore, 'learn' | 'scan'>;
  readonly files: LakeFiles;
  readonly objects: Pick<ObjectReader, 'readPart'>;
  readonly athena: Pick<ReturnType<typeof createAthena>, 'start' | 'look'>;
  readonly settings: TrainingSettings;
  readonly lakeBucket: string;
  readonly database: string;
  readonly workGroup: string;
  /** Of metrics: the stack's name. */
  readonly namespace: string;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** Writes a line of the log. */
  readonly print: (line: string) => void;
  readonly log: typeof log;
}
