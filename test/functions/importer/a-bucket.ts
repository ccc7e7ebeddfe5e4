import { createHash } from 'node:crypto';
import type { LakeFiles } from '../../../functions/adapters/lake-files.ts';
import type { StreamRecord } from '../../../functions/adapters/store-in-order.ts';
import { FileChangedError, type VersionedFiles } from '../../../functions/adapters/versioned-files.ts';
import { createImporter, type ImporterProps } from '../../../functions/importer/importer.ts';
import type { ImportStatus } from '../../../schemas/import/state.ts';
import type { SpendItem } from '../../../schemas/stream/control.ts';
import { cleanRecord } from '../../../shared/clean/clean-record.ts';

/** A run was killed: nothing it does from now on happens. */
export class Killed extends Error {}

const tagOf = (body: Uint8Array): string => `"${createHash('md5').update(body).digest('hex')}"`;

/** A bucket and a stream in memory, and the importer between them, which may be killed after each of its effects. */
export class ABucket {
  readonly objects = new Map<string, Buffer>();
  readonly records: StreamRecord[] = [];
  readonly barriers = new Set<string>();
  readonly logged: string[] = [];
  now = Date.parse('2026-03-02T10:00:00Z');
  /** Effects so far; the run that does effect number `killAt` dies behind it, or before it. */
  effects = 0;
  killAt = Number.POSITIVE_INFINITY;
  killsBefore = false;
  /** Whether consumers pass what is put. */
  areProfilesUp = true;
  isLakeUp = true;
  /** Called before each read of a part of a file. */
  onRead: (key: string) => void = () => undefined;
  limits: ImporterProps['limits'] = { rows: 4 };
  #isDead = false;

  put(key: string, body: string | Uint8Array): void {
    this.objects.set(key, Buffer.from(body));
  }

  text(key: string): string | undefined {
    return this.objects.get(key)?.toString('utf8');
  }

  drop(name: string, map: unknown, fileName: string, content: string | Uint8Array): void {
    this.put(`inbox/${name}/map.json`, typeof map === 'string' ? map : JSON.stringify(map));
    this.put(`inbox/${name}/${fileName}`, content);
  }

  status(name: string, fileName: string): ImportStatus {
    return JSON.parse(this.text(`inbox/${name}/${fileName}.status.json`) ?? 'null');
  }

  /** One invocation. Throws `Killed` when it was killed. */
  async run(remainingMs = 900_000): Promise<void> {
    this.#isDead = false;
    this.now += 60_000;
    await createImporter(this.#props())({}, { getRemainingTimeInMillis: () => remainingMs });
  }

  /** Invocations until one was not killed. */
  async runOut(): Promise<void> {
    for (;;) {
      try {
        return await this.run();
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.killAt = Number.POSITIVE_INFINITY;
      }
    }
  }

  /** Events on the stream by messageId, as consumers clean them; a repeated one is there once. */
  events() {
    const items = this.records.flatMap(
      ({ data }) => cleanRecord({ data, shardId: 's', sequenceNumber: '1', arrivedAt: this.now }).items,
    );
    const failed = items.filter(({ outcome }) => !outcome.ok);
    if (failed.length > 0) throw new Error(`Cleaning rejected ${JSON.stringify(failed[0]?.outcome)}`);
    return new Map(
      items.flatMap(({ outcome }) => (outcome.ok ? [[outcome.event.messageId, outcome.event] as const] : [])),
    );
  }

  spend(): SpendItem[] {
    return this.records.flatMap(({ data }) => {
      const record = JSON.parse(Buffer.from(data).toString());
      return record.kind === 'spend' ? record.items : [];
    });
  }

  /** The lines that an import rejected. */
  rejected(): Record<string, unknown>[] {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith('imports/rejected/')).sort();
    return keys.flatMap((key) =>
      (this.text(key) ?? '')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  }

  #props(): ImporterProps {
    return {
      files: this.#files(),
      versioned: this.#versioned(),
      store: (records) => this.#effect(() => this.records.push(...records)),
      putBarrier: async (id) => {
        await this.#effect(() => this.barriers.add(id));
        if (this.isLakeUp) this.objects.set(`barriers/${id}/s`, Buffer.from('passed'));
        return ['s'];
      },
      barriers: { passedShards: async () => new Set(this.areProfilesUp ? ['s'] : []) },
      clock: () => this.now,
      pause: async (milliseconds) => {
        this.now += milliseconds;
      },
      newId: () => `run-${this.now}-${Math.random()}`,
      log: (_level, message) => {
        this.logged.push(message);
      },
      ...(this.limits && { limits: this.limits }),
    };
  }

  async #effect(act: () => unknown): Promise<void> {
    if (this.#isDead) throw new Killed();
    this.effects += 1;
    const dies = this.effects === this.killAt;
    if (!(dies && this.killsBefore)) act();
    if (!dies) return;
    this.#isDead = true;
    throw new Killed();
  }

  #files(): Pick<LakeFiles, 'list' | 'read' | 'write'> {
    return {
      list: async (prefix) =>
        [...this.objects]
          .filter(([key]) => key.startsWith(prefix))
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, body]) => ({ key, size: body.length, etag: tagOf(body) })),
      read: async (key) => this.objects.get(key),
      write: (key, body) => this.#effect(() => this.objects.set(key, Buffer.from(body))),
    };
  }

  #versioned(): VersionedFiles {
    return {
      read: async (key) => {
        const body = this.objects.get(key);
        return body && { body, etag: tagOf(body) };
      },
      readPart: async (key, etag, start, length) => {
        this.onRead(key);
        const body = this.objects.get(key);
        if (body === undefined || tagOf(body) !== etag) throw new FileChangedError('changed');
        return body.subarray(start, start + length);
      },
      writeOver: async (key, before, body) => {
        const found = this.objects.get(key);
        if ((found && tagOf(found)) !== before) return undefined;
        await this.#effect(() => this.objects.set(key, Buffer.from(body)));
        return tagOf(body);
      },
      remove: async (key, etag) => {
        const body = this.objects.get(key);
        if (body && tagOf(body) === etag) await this.#effect(() => this.objects.delete(key));
      },
    };
  }
}

/** Lines of orders and refunds with most of what real files hold. */
export const ordersMap = {
  timeZone: 'Europe/London',
  dateFormat: 'yyyy-MM-dd HH:mm:ss',
  reject: [{ reason: 'no_price', when: { column: 'Price', op: 'equals', value: 0 } }],
  groupBy: ['Invoice'],
  common: {
    userId: '{Customer|integer}',
    anonymousId: { if: { column: 'Customer', op: 'empty' }, use: 'invoice-{Invoice}' },
    timestamp: '{Date}',
    properties: {
      order_id: '{Invoice}',
      currency: 'GBP',
      products: {
        each: {
          product_id: '{Code}',
          name: '{Name}',
          price: { number: '{Price}' },
          quantity: { absolute: '{Quantity}' },
        },
      },
    },
  },
  events: [
    {
      when: { not: { column: 'Invoice', op: 'startsWith', value: 'C' } },
      event: 'Order Completed',
      properties: { total: { sum: { multiply: ['{Quantity}', '{Price}'] } } },
    },
    {
      when: { column: 'Invoice', op: 'startsWith', value: 'C' },
      event: 'Order Refunded',
      properties: { total: { absolute: { sum: { multiply: ['{Quantity}', '{Price}'] } } } },
    },
  ],
};

export const ordersHeader = 'Invoice,Code,Name,Quantity,Date,Price,Customer';
export const ordersCsv = `${ordersHeader}
536365,85123A,"LANTERN, WHITE",6,2010-12-01 08:26:00,2.55,17850.0
536365,71053,"A ""METAL""
LANTERN",6,2010-12-01 08:26:00,3.39,17850.0
536365,22752,GIFT,1,2010-12-01 08:26:00,0.0,17850.0
536366,22633,,6,2011-07-01 08:28:00,1.85,17850.0
536366,22633,,6,2011-07-01 08:28:00,1.85,17850.0
C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0
536380,X,broken,six,2010-12-01 09:41:00,1,14527.0
536381,22139,RETROSPOT,23,2010-12-01 09:41:00,4.25,
536381,84854,GIRLY PINK,5,2010-12-01 09:41:00,4.95,
536365,22139,LATE LINE,1,2010-12-01 08:27:00,4.25,17850.0
536382,22139,short
536383,22139,Pound £,3,2010-12-01 09:41:00,1.005,12345.0
`;
