/** A barrier on the stream: records before it have been read when a consumer has passed it on all these shards. */
export interface Barrier {
  readonly id: string;
  readonly shards: readonly string[];
}

/** Whether a consumer that has passed a barrier on some shards has done so on all. */
export const isPassed = ({ shards }: Pick<Barrier, 'shards'>, passed: ReadonlySet<string>): boolean =>
  shards.every((shard) => passed.has(shard));
