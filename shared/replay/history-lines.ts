import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Key } from '../../schemas/stream/control.ts';
import type { EventDelivery } from '../profile/delivery.ts';

/** What a line says of a key: an event of its history, or only that it is one of those to rebuild. */
export interface HistoryLine {
  readonly key: Key;
  /** Whether the key is to be rebuilt: it had events in the days that were asked for. */
  readonly isAsked: boolean;
  readonly delivery?: EventDelivery | undefined;
}

type Cells = readonly [key: Key, isAsked: 0 | 1, ...delivery: Delivered | []];
type Delivered = [shardId: string, sequenceNumber: string, index: number, arrivedAt: number, event: CleanEvent];

/** A line as compact JSON, with its line feed. */
export function writeLine({ key, isAsked, delivery }: HistoryLine): string {
  const asked = isAsked ? 1 : 0;
  if (delivery === undefined) return `${JSON.stringify([key, asked])}\n`;
  const { shardId, sequenceNumber, index, arrivedAt, event } = delivery;
  return `${JSON.stringify([key, asked, shardId, sequenceNumber, index, arrivedAt, event])}\n`;
}

export function readLine(line: string): HistoryLine {
  const [key, asked, ...rest] = JSON.parse(line) as Cells;
  const isAsked = asked === 1;
  if (rest.length === 0) return { key, isAsked };
  const [shardId, sequenceNumber, index, arrivedAt, event] = rest;
  return { key, isAsked, delivery: { shardId, sequenceNumber, index, arrivedAt, event } };
}

/** The key and the mark at the beginning of a line, before anything of it is parsed. */
const START = /^\[("(?:[^"\\]|\\.)*"),([01])/;

/** The histories of keys, as lines tell them; those that are to be rebuilt alone. Events are parsed key by key. */
export class Histories {
  readonly #lines = new Map<Key, string[]>();
  readonly #asked = new Set<Key>();

  /** Takes lines with a line feed after each. */
  add(text: string): void {
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from);
      this.#addLine(text.slice(from, end));
      from = end + 1;
    }
  }

  #addLine(line: string): void {
    const [, keyText = '""', asked] = START.exec(line) ?? [];
    const key = JSON.parse(keyText) as Key;
    if (asked === '1') this.#asked.add(key);
    const known = this.#lines.get(key);
    if (known === undefined) this.#lines.set(key, [line]);
    else known.push(line);
  }

  /** These keys are to be rebuilt, too, though no line says so. */
  ask(keys: readonly Key[]): void {
    for (const key of keys) this.#asked.add(key);
  }

  get asked(): ReadonlySet<Key> {
    return this.#asked;
  }

  /** The events of a key, in no order and perhaps several times. */
  of(key: Key): EventDelivery[] {
    return (this.#lines.get(key) ?? []).flatMap((line) => readLine(line).delivery ?? []);
  }

  /** The lines of a key, for another file. */
  linesOf(key: Key): string[] {
    return (this.#lines.get(key) ?? []).map((line) => `${line}\n`);
  }
}
