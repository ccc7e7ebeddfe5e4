import type { ChildReport, IdentityNode } from '../../../schemas/identity.ts';
import { asControlRecord, type Key } from '../../../schemas/stream/control.ts';
import { rawIdOf } from '../../../shared/identity/keys.ts';
import { emptyNode, type IdentityRecord, partChanged, receive, type Step } from '../../../shared/identity/receive.ts';
import { numbersFrom } from './random.ts';

/** An event or a tick that changes the part of a key; it may lie on any shard. */
export interface PartChange {
  readonly kind: 'change';
  readonly key: Key;
}
export type WorldRecord = IdentityRecord | PartChange;

/** A record as it lies on a shard. */
interface Arrival {
  readonly record: WorldRecord;
  /** Milliseconds since 1970. */
  readonly arrivedAt: number;
}
interface Outbox {
  readonly shard: number;
  readonly sequence: number;
  readonly records: readonly WorldRecord[];
}
interface Item {
  readonly version: number;
  readonly node: IdentityNode;
  readonly outbox: Outbox | undefined;
}
interface Shard {
  readonly log: Arrival[];
  checkpoint: number;
  worker: Generator<undefined, void> | undefined;
}

export interface WorldProps {
  readonly seed: number;
  readonly shards: number;
  /** In how many of 1,000 turns a worker dies, and how often at most. */
  readonly crashRate: number;
  readonly crashes: number;
  /** Records that are put on the stream twice, as a producer does whose answer was lost. */
  readonly resends: number;
  /** Whether homes write reports that tell of no other key than before. If not, one that comes again is taken again. */
  readonly homesKeepNews: boolean;
}

const targetOf = (record: WorldRecord): Key =>
  record.kind === 'part' ? record.to : record.kind === 'change' ? record.key : record.child;

export interface Settled {
  readonly nodes: ReadonlyMap<Key, IdentityNode>;
  /** Records of the protocol on the stream, repeats among them. */
  readonly published: number;
  readonly crashes: number;
  readonly conflicts: number;
}

/**
 * Plays the stream and the updaters until nothing is left to do: one worker a shard reads its shard in batches of any size,
 * folds each key's records, writes under the condition that nobody else has, and then publishes. Between any two
 * of these a worker of another shard may have its turn, or the worker dies and its batch comes again, cut elsewhere.
 * Throws when that does not end.
 */
export function settleWorld(inputs: readonly WorldRecord[], props: WorldProps): Settled {
  const next = numbersFrom(props.seed);
  const items = new Map<Key, Item>();
  const shards: Shard[] = Array.from({ length: props.shards }, () => ({ log: [], checkpoint: 0, worker: undefined }));
  const waiting = [...inputs];
  let { crashes, resends } = props;
  let published = 0;
  let conflicts = 0;
  let clock = 1_000;

  const put = (record: WorldRecord, shard = shardOf(targetOf(record), props.shards)) => {
    published += 1;
    clock += next(3);
    // Clocks of shards differ, and a moment holds many records.
    const arrivedAt = clock + (shard % 3) * 5;
    shards[shard]?.log.push({ record: record.kind === 'change' ? record : overTheWire(record), arrivedAt });
  };

  function* work(number: number, shard: Shard): Generator<undefined, void> {
    const first = shard.checkpoint;
    const end = Math.min(shard.log.length, first + 1 + next(6));
    const groups = new Map<Key, { records: Arrival[]; last: number }>();
    for (let at = first; at < end; at += 1) {
      const arrival = shard.log[at] as Arrival;
      const key = targetOf(arrival.record);
      groups.set(key, { records: [...(groups.get(key)?.records ?? []), arrival], last: at });
    }
    for (const [key, { records, last }] of groups) {
      for (let isWritten = false; !isWritten; ) {
        const item = items.get(key) ?? { version: 0, node: emptyNode, outbox: undefined };
        yield;
        const { node, out } = foldAll(item.node, key, records, props.homesKeepNews);
        const isPublished = item.outbox?.shard === number && item.outbox.sequence < first;
        if (item.outbox !== undefined && !isPublished) {
          for (const record of item.outbox.records) {
            put(record);
            yield;
          }
        }
        if (node === item.node && out.length === 0) break;
        if ((items.get(key)?.version ?? 0) !== item.version) {
          conflicts += 1;
          continue;
        }
        const outbox = { shard: number, sequence: last, records: out };
        items.set(key, { version: item.version + 1, node, outbox });
        isWritten = true;
        yield;
        for (const record of out) {
          put(record);
          yield;
        }
      }
    }
    shard.checkpoint = end;
  }

  for (let turns = 0; ; turns += 1) {
    if (turns > 400_000) throw new Error(`The world does not come to rest: ${published} records so far.`);
    const busy = shards.filter(({ worker, log, checkpoint }) => worker !== undefined || checkpoint < log.length);
    const choice = next(busy.length + (waiting.length > 0 ? 1 : 0) || 1);
    const shard = busy[choice];
    if (shard === undefined) {
      const input = waiting.shift();
      if (input === undefined) return { nodes: nodesOf(items), published, crashes: props.crashes - crashes, conflicts };
      put(input, input.kind === 'change' ? next(props.shards) : undefined);
      if (resends > 0 && next(4) === 0) {
        resends -= 1;
        const { log } = shards[next(props.shards)] as Shard;
        const again = log[next(log.length || 1)];
        if (again !== undefined) put(again.record);
      }
    } else if (shard.worker !== undefined && crashes > 0 && next(1000) < props.crashRate) {
      crashes -= 1;
      shard.worker = undefined;
    } else {
      shard.worker ??= work(shards.indexOf(shard), shard);
      if (shard.worker.next().done) shard.worker = undefined;
    }
  }
}

/** As the stream's readers get it. */
function overTheWire(record: IdentityRecord): WorldRecord {
  const read = asControlRecord(JSON.parse(JSON.stringify(record)));
  if (read?.kind === 'link' || read?.kind === 'unlink' || read?.kind === 'part') return read;
  throw new Error(`Not a control record: ${JSON.stringify(record)}`);
}

function foldAll(node: IdentityNode, key: Key, records: readonly Arrival[], keepsNews = true) {
  const out: WorldRecord[] = [];
  let at = node;
  for (const { record, arrivedAt } of records) {
    const step: Step =
      record.kind === 'change'
        ? partChanged(at, key, { type: 'event', time: 0 }, arrivedAt)
        : receive(at, key, record, arrivedAt);
    const { isHome, wasHome } = step;
    const isNews = record.kind === 'part' && isHome && wasHome && isSameReport(at, step.node, record.child);
    if (keepsNews || !isNews) at = step.node;
    out.push(...step.out);
  }
  return { node: at, out };
}

function isSameReport(before: IdentityNode, after: IdentityNode, child: Key): boolean {
  const [{ changes: _, ...one }, { changes: __, ...other }] = [before, after].map(
    ({ children }) => children.get(child) ?? { changes: 0 },
  ) as [ChildReport, ChildReport];
  return JSON.stringify(one) === JSON.stringify(other);
}

const nodesOf = (items: ReadonlyMap<Key, Item>) => new Map([...items].map(([key, { node }]) => [key, node]));

function shardOf(key: Key, shards: number): number {
  let hash = 7;
  for (const char of rawIdOf(key)) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 1_000_003;
  return hash % shards;
}

/** Delivers every record in any order, some of them several times, with no queues at all; throws when that does not end. */
export function settleChaos(inputs: readonly WorldRecord[], seed: number, repeats: number): Settled {
  const next = numbersFrom(seed);
  const nodes = new Map<Key, IdentityNode>();
  const bag = [...inputs];
  const old: WorldRecord[] = [];
  let published = inputs.length;
  for (let left = repeats; bag.length > 0; ) {
    if (published > 200_000) throw new Error('The bag does not run empty.');
    const isRepeat = left > 0 && old.length > 0 && next(3) === 0;
    if (isRepeat) left -= 1;
    const record = (isRepeat ? old[next(old.length)] : bag.splice(next(bag.length), 1)[0]) as WorldRecord;
    if (!isRepeat) old.push(record);
    const key = targetOf(record);
    const { node, out } = foldAll(nodes.get(key) ?? emptyNode, key, [{ record, arrivedAt: next(40) }]);
    nodes.set(key, node);
    bag.push(...out);
    published += out.length;
  }
  return { nodes, published, crashes: 0, conflicts: 0 };
}
