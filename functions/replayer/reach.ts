import type { StreamEnvelope } from '../../schemas/event/stream-record.ts';
import type { CompiledCatalog } from '../../shared/segments/compile-catalog.ts';
import type { createAthena } from '../adapters/athena.ts';
import type { PutBarrier } from '../adapters/barrier-records.ts';
import type { Barriers } from '../adapters/barriers.ts';
import type { EventSourceMapping } from '../adapters/event-source-mapping.ts';
import type { LakeFiles } from '../adapters/lake-files.ts';
import type { PutObject } from '../adapters/s3.ts';
import type { ObjectReader } from '../adapters/s3-read.ts';
import type { StreamRecord } from '../adapters/store-in-order.ts';
import type { FoldReach } from './fold-keys.ts';

/** What the steps of a replay reach. */
export interface Reach extends FoldReach {
  readonly barriers: Pick<Barriers, 'passedShards'>;
  readonly putBarrier: PutBarrier;
  /** Puts records on the stream as they are, until a deadline in milliseconds since 1970. */
  readonly putRecords: (records: readonly StreamRecord[], deadline: number) => Promise<void>;
  readonly athena: Pick<ReturnType<typeof createAthena>, 'start' | 'look'>;
  readonly objects: ObjectReader;
  /** Into the lake's bucket. */
  readonly put: PutObject;
  /** From the lake's bucket; what is not there is removed already. */
  readonly removeFiles: (keys: readonly string[]) => Promise<void>;
  readonly readCatalog: () => Promise<CompiledCatalog>;
  /** The reading of the stream by the profile-updater. */
  readonly updates: EventSourceMapping;
  /** Batches that consumers of the stream gave up. */
  readonly setAside: Pick<LakeFiles, 'list' | 'read' | 'remove'>;
  /** UUIDs of the mappings by which profile-updater and lake-writer read the stream. */
  readonly updatesMapping: string;
  readonly landingMapping: string;
  readonly lakeBucket: string;
  readonly database: string;
  readonly workGroup: string;
  /** Bytes of a query's results for each bucket of keys: what is held in memory is a few times as much. */
  readonly bucketBytes: number;
}

/** An envelope as it goes on the stream, in the shard of its profile where it has one. */
export interface Outgoing {
  readonly profileKey: string | undefined;
  readonly envelope: StreamEnvelope;
}
