import type { Emulator, Operation } from '../level-emulator.ts';
import { iteratorAtTime } from './iterator-at-time.ts';
import { pageOfShards } from './list-shards.ts';
import { withinTenMegabytes } from './read-limit.ts';
import { onlyOpenShards } from './reshard.ts';
import type { KinesisStore } from './store.ts';

/** Does an operation of kinesalite. */
export type Run = (input: object) => Promise<object | undefined>;

/** An operation that asks kinesalite, and does what kinesalite does otherwise than AWS. */
export type Correction = (run: Run, input: never, store: KinesisStore, emulator: Emulator<unknown>) => ReturnType<Run>;

const corrections: Readonly<Record<string, Correction>> = {
  GetRecords: withinTenMegabytes,
  GetShardIterator: iteratorAtTime,
  ListShards: pageOfShards,
  MergeShards: onlyOpenShards,
  SplitShard: onlyOpenShards,
};

/** The emulator with what it does otherwise than AWS put right; test/conformance tries each rule. */
export function corrected<Store>(emulator: Emulator<Store>): Emulator<Store> {
  const operations = [...emulator.operations].map(([name, operation]): [string, Operation] => {
    const correct = corrections[name];
    if (!correct) return [name, operation];
    const run: Operation['run'] = (store, input, done) => {
      const asked: Run = (other) =>
        new Promise((resolve, reject) => {
          operation.run(store, other, (error, result) => (error ? reject(error) : resolve(result)));
        });
      correct(asked, input as never, store as KinesisStore, emulator).then((result) => done(null, result), done);
    };
    return [name, { ...operation, run }];
  });
  return { ...emulator, operations: new Map(operations) };
}
