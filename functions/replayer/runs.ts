import { type HistoryLine, writeLine } from '../../shared/replay/history-lines.ts';
import { blockOf, headBytes, readBlock, writeRun } from '../../shared/replay/run-file.ts';
import type { PutObject } from '../adapters/s3.ts';
import type { ObjectReader } from '../adapters/s3-read.ts';
import { ServiceError } from '../adapters/signed-http.ts';
import { bucketOf } from '../adapters/spread.ts';

/** Where the files of replays lie in the lake's bucket; they go by themselves after some days. */
export const REPLAYS = 'replays/';
/** Bytes of lines that are gathered in memory before they are written. */
const MAX_HELD_BYTES = 24_000_000;

/** Lines of history on their way into a run. */
export class RunWriter {
  readonly #buckets: string[][];
  #bytes = 0;

  constructor(buckets: number) {
    this.#buckets = Array.from({ length: buckets }, () => []);
  }

  add(line: HistoryLine): void {
    const text = writeLine(line);
    (this.#buckets[bucketOf(line.key, this.#buckets.length)] as string[]).push(text);
    this.#bytes += text.length;
  }

  get isFull(): boolean {
    return this.#bytes >= MAX_HELD_BYTES;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  bytes(): Uint8Array {
    return writeRun(this.#buckets);
  }
}

/** The files of a replay. */
export class Runs {
  readonly #objects: ObjectReader;
  readonly #put: PutObject;
  readonly #bucket: string;
  readonly #heads = new Map<string, Promise<Uint8Array>>();

  constructor(objects: ObjectReader, put: PutObject, bucket: string) {
    this.#objects = objects;
    this.#put = put;
    this.#bucket = bucket;
  }

  async write(key: string, run: Uint8Array): Promise<void> {
    await this.#put(key, run);
    this.#heads.delete(key);
  }

  /** The lines of a bucket in a run of so many buckets; empty when there is no such file. */
  async read(key: string, buckets: number, bucket: number): Promise<string> {
    try {
      let head = this.#heads.get(key);
      if (head === undefined) {
        head = this.#part(key, 0, headBytes(buckets));
        this.#heads.set(key, head);
      }
      const { start, length } = blockOf(await head, bucket);
      return length === 0 ? '' : readBlock(await this.#part(key, start, length));
    } catch (error) {
      this.#heads.delete(key);
      if (error instanceof ServiceError && error.name === 'NoSuchKey') return '';
      throw error;
    }
  }

  async #part(key: string, start: number, length: number): Promise<Uint8Array> {
    return (await this.#objects.readPart(this.#bucket, key, start, length)).bytes;
  }
}

/** Keys of the files of a replay. */
export const runKey = (id: string, pass: string, run: number): string => `${REPLAYS}${id}/${pass}/${run}`;
export const waitingKey = (id: string, bucket: number): string => `${REPLAYS}${id}/waiting/${bucket}`;
