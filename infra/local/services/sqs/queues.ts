import { account, region } from '../../template/types.ts';
import { AwsError } from '../errors.ts';
import { settingsOf } from './attributes.ts';
import { Queue } from './queue.ts';
import { behind, forget, keyOf, put, type QueueRecord, type QueueStore } from './queue-store.ts';

/** All queues by name. */
export interface Queues {
  /** Makes a queue, or finds it. Throws `QueueNameExists` when it is there with other attributes. */
  create(name: string, attributes: Readonly<Record<string, string>>): Promise<Queue>;
  /** Throws `QueueDoesNotExist`. */
  byName(name: string): Queue;
  /** The last part of a URL is the name: the port before it may be an earlier run's. Throws `QueueDoesNotExist`. */
  byUrl(url: string): Queue;
  all(): Queue[];
  /** Throws `QueueDoesNotExist`. */
  delete(name: string): Promise<void>;
}

/** Opens the queues of earlier runs. */
export async function openQueues(store: QueueStore, now: () => number): Promise<Queues> {
  const queues = new Map<string, Queue>();
  const arnOf = (name: string) => `arn:aws:sqs:${region}:${account}:${name}`;
  const byArn = (arn: string) => queues.get(arn.slice(arnOf('').length));
  const open = async (name: string, record: QueueRecord) => {
    const queue = await new Queue({ name, arn: arnOf(name), store, record, now, byArn }).load();
    queues.set(name, queue);
    return queue;
  };
  const byName = (name: string) => {
    const queue = queues.get(name);
    if (queue) return queue;
    throw new AwsError('QueueDoesNotExist', `The specified queue '${name}' does not exist.`);
  };
  for await (const [key, record] of store.entries('queue')) await open(key.slice('queue!'.length), record);

  return {
    byName,
    byUrl: (url) => byName(url.slice(url.lastIndexOf('/') + 1)),
    all: () => [...queues.values()],
    delete: async (name) => {
      const queue = byName(name);
      await queue.purge();
      queues.delete(name);
      queue.close();
      await store.exclusive(() => store.write([forget('queue', name), forget('tally', name)]));
      const originals = `${keyOf('original', name)}!`;
      await store.clear(originals, behind(originals));
    },
    create: async (name, attributes) => {
      const existing = queues.get(name);
      const asked = Object.entries(attributes);
      if (existing) {
        const present = await existing.attributes();
        const other = asked.find(([key, value]) => present[key] !== value);
        if (!other) return existing;
        throw new AwsError('QueueNameExists', `A queue named ${name} exists already, with another ${other[0]}.`);
      }
      const { FifoQueue } = settingsOf(attributes);
      if (FifoQueue !== name.endsWith('.fifo')) {
        const rule = "The name of a FIFO queue ends in '.fifo', and no other one does";
        throw new AwsError('InvalidParameterValue', `${rule}; got '${name}' with FifoQueue ${FifoQueue}.`);
      }
      const time = now();
      const record = { attributes: { ...attributes }, createdAt: time, modifiedAt: time };
      await store.write([put('queue', name, record)]);
      return open(name, record);
    },
  };
}
