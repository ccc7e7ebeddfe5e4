import { randomUUID } from 'node:crypto';
import { AwsError } from '../errors.ts';
import { type QueueSettings, settingsOf, shownAttributes } from './attributes.ts';
import { createDeduplication, type Deduplication } from './deduplication.ts';
import { InFlight } from './in-flight.ts';
import { MessageLog } from './message-log.ts';
import {
  type Change,
  type Hidden,
  type Original,
  positionOf,
  put,
  type QueueRecord,
  type QueueStore,
  type StoredMessage,
} from './queue-store.ts';
import type { Receipt } from './receipt.ts';

/** A message to send; a FIFO queue's has a group and a deduplication id. */
export interface Outgoing {
  readonly body: string;
  readonly group?: string | undefined;
  readonly deduplicationId?: string | undefined;
  readonly delaySeconds?: number | undefined;
}

export interface Received extends Receipt {
  readonly message: StoredMessage;
  readonly hidden: Hidden;
}

export interface QueueOptions {
  readonly name: string;
  readonly arn: string;
  readonly store: QueueStore;
  readonly record: QueueRecord;
  readonly now: () => number;
  /** Finds the queue that takes what was received too often. */
  readonly byArn: (arn: string) => Queue | undefined;
}

/**
 * One queue. Messages lie on disk; in memory is only what is in flight.
 *
 * A FIFO queue gives the messages of a group in order, and none while one of the group is in flight.
 */
export class Queue {
  readonly name: string;
  readonly #options: QueueOptions;
  readonly #log: MessageLog;
  readonly #originals: Deduplication;
  readonly #inFlight = new InFlight();
  #record: QueueRecord;
  #settings: QueueSettings;
  #changed = Promise.withResolvers<void>();
  #closed = false;

  constructor(options: QueueOptions) {
    const { name, store, record } = options;
    this.name = name;
    this.#options = options;
    this.#log = new MessageLog(name, store, () => this.#ring());
    this.#originals = createDeduplication(store, name);
    this.#record = record;
    this.#settings = settingsOf(record.attributes);
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** Reads what an earlier run left. */
  async load(): Promise<this> {
    await this.#log.load();
    for await (const [key, hidden] of this.#options.store.entries('hidden', this.name)) {
      this.#inFlight.set(positionOf(key), hidden);
    }
    return this;
  }

  /** Changes the attributes that are named; an empty one is taken away. Throws `InvalidAttributeValue`. */
  configure(attributes: Readonly<Record<string, string>>): Promise<void> {
    return this.#alone(async (now) => {
      const merged = Object.entries({ ...this.#record.attributes, ...attributes }).filter(([, value]) => value !== '');
      const record = { ...this.#record, attributes: Object.fromEntries(merged), modifiedAt: now };
      const settings = settingsOf(record.attributes);
      await this.#options.store.write([put('queue', this.name, record)]);
      this.#record = record;
      this.#settings = settings;
      this.#log.forgetExpiry();
    });
  }

  attributes(): Promise<Record<string, string>> {
    return this.#alone(async (now) => {
      const { received, delayed } = this.#inFlight.count(now);
      const { createdAt, modifiedAt, attributes } = this.#record;
      return {
        ...shownAttributes(attributes),
        QueueArn: this.#options.arn,
        ApproximateNumberOfMessages: String(this.#log.count - received - delayed),
        ApproximateNumberOfMessagesNotVisible: String(received),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        CreatedTimestamp: String(Math.floor(createdAt / 1000)),
        LastModifiedTimestamp: String(Math.floor(modifiedAt / 1000)),
      };
    });
  }

  /** Sends messages in order; one whose deduplication id is known stands for the message that was sent first. */
  send(messages: readonly Outgoing[]): Promise<Original[]> {
    return this.#alone(async (now) => {
      const { FifoQueue: isFifo, DelaySeconds: usualDelay } = this.#settings;
      const ids = messages.map((message) => this.#deduplicationKey(message));
      const known = new Map(isFifo ? await this.#originals.find(ids, now) : []);
      const fresh: StoredMessage[] = [];
      const changes: Change[] = [];
      const delayed = new Map<number, Hidden>();
      const sent = messages.map(({ body, group, deduplicationId, delaySeconds = usualDelay }, index) => {
        const key = ids[index] ?? '';
        const first = known.get(key);
        if (first) return first;
        const original = { id: randomUUID(), position: this.#log.next + fresh.length, sentAt: now };
        fresh.push({ id: original.id, body, sentAt: now, group, deduplicationId });
        if (isFifo) {
          known.set(key, original);
          changes.push(this.#originals.record(key, original));
        }
        if (delaySeconds > 0) delayed.set(original.position, { until: now + delaySeconds * 1000, receives: 0, group });
        return original;
      });
      for (const [position, hidden] of delayed) changes.push(put('hidden', this.name, hidden, position));
      if (fresh.length > 0) await this.#log.append(fresh, changes);
      for (const [position, hidden] of delayed) this.#inFlight.set(position, hidden);
      return sent;
    });
  }

  /** Takes up to `limit` messages and hides them for `hideMs`; waits up to `waitMs` for the first one. */
  async receive(limit: number, hideMs: number, waitMs: number): Promise<Received[]> {
    const deadline = this.#options.now() + waitMs;
    for (;;) {
      if (this.#closed) return [];
      const changed = this.#changed.promise;
      const received = await this.#alone((now) => this.#take(limit, hideMs, now));
      const now = this.#options.now();
      if (received.length > 0 || now >= deadline) return received;
      await soonest(changed, Math.min(deadline, this.#inFlight.nextReturn(now)) - now);
    }
  }

  /** Deletes a message; one that is gone is deleted already. Throws when a FIFO queue's receipt has expired. */
  delete({ position, secret }: Receipt): Promise<void> {
    return this.#alone(async (now) => {
      const hidden = this.#inFlight.get(position);
      if (!hidden) return;
      const isLatest = hidden.receipt === secret;
      if (isLatest && (!this.#settings.FifoQueue || hidden.until > now)) await this.#drop([position]);
      else if (this.#settings.FifoQueue) throw expired();
    });
  }

  /** Hides a message in flight until `ms` from now; 0 gives it back at once. Throws `MessageNotInflight`. */
  hide({ position, secret }: Receipt, ms: number): Promise<void> {
    return this.#alone(async (now) => {
      const hidden = this.#inFlight.get(position);
      if (hidden?.receipt !== secret || hidden.until <= now) throw notInFlight();
      await this.#hide(new Map([[position, { ...hidden, until: now + ms }]]));
      this.#ring();
    });
  }

  purge(): Promise<void> {
    return this.#alone(async () => {
      const positions: number[] = [];
      for await (const [position] of this.#log.scan()) positions.push(position);
      await this.#drop(positions);
    });
  }

  /** Ends all waiting. */
  close(): void {
    this.#closed = true;
    this.#ring();
  }

  async #take(limit: number, hideMs: number, now: number): Promise<Received[]> {
    const { FifoQueue: isFifo, RedrivePolicy: redrive } = this.#settings;
    const deadLetters = redrive && this.#options.byArn(redrive.deadLetterTargetArn);
    const mostReceives = deadLetters ? redrive.maxReceiveCount : Number.POSITIVE_INFINITY;
    const locked = isFifo ? this.#inFlight.groups(now) : new Set();
    const worn = new Map<number, StoredMessage>();
    const taken: Received[] = [];
    for await (const [position, message] of this.#log.scan()) {
      const { until = now, receives = 0, firstReceivedAt = now } = this.#inFlight.get(position) ?? {};
      if (until > now || locked.has(message.group)) continue;
      if (receives >= mostReceives) {
        worn.set(position, message);
        continue;
      }
      const secret = randomUUID();
      const times = { until: now + hideMs, firstReceivedAt };
      const hidden = { ...times, receives: receives + 1, receipt: secret, group: message.group };
      taken.push({ message, hidden, position, secret });
      if (taken.length === limit) break;
    }
    if (deadLetters) {
      await this.#log.moveTo(deadLetters.#log, worn);
      for (const position of worn.keys()) this.#inFlight.delete(position);
    }
    await this.#hide(new Map(taken.map(({ position, hidden }) => [position, hidden])));
    return taken;
  }

  async #hide(messages: ReadonlyMap<number, Hidden>): Promise<void> {
    if (messages.size === 0) return;
    await this.#options.store.write(
      [...messages].map(([position, hidden]) => put('hidden', this.name, hidden, position)),
    );
    for (const [position, hidden] of messages) this.#inFlight.set(position, hidden);
  }

  async #drop(positions: readonly number[]): Promise<void> {
    await this.#log.drop(positions);
    for (const position of positions) this.#inFlight.delete(position);
  }

  /** Does something while nothing else is done, once what is too old is gone. */
  #alone<Result>(work: (now: number) => Promise<Result>): Promise<Result> {
    return this.#options.store.exclusive(async () => {
      const now = this.#options.now();
      await this.#drop(await this.#log.expired(now, this.#settings.MessageRetentionPeriod * 1000));
      return work(now);
    });
  }

  #ring(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  #deduplicationKey({ group, deduplicationId }: Outgoing): string {
    return `${this.#settings.DeduplicationScope === 'messageGroup' ? group : ''} ${deduplicationId}`;
  }
}

function expired(): AwsError {
  return new AwsError('InvalidParameterValue', 'The receipt handle has expired: the message may be received again.');
}

function notInFlight(): AwsError {
  return new AwsError('MessageNotInflight', 'The message is not in flight: it was deleted, or its time is up.');
}

/** Waits for a change, but no longer than `ms`. */
async function soonest(change: Promise<void>, ms: number): Promise<void> {
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(time.resolve, Math.max(0, ms));
  await Promise.race([change, time.promise]);
  clearTimeout(timer);
}
