import type { SpendItem } from '../../schemas/stream/control.ts';
import { type CheckedEvent, checkEvent } from './check-event.ts';
import type { Row } from './columns.ts';
import type { Plan } from './compile-map.ts';
import type { GroupIds } from './group-ids.ts';
import { LineProblem } from './line-problem.ts';
import { type GroupId, groupId, messageIdOf } from './message-id.ts';

/** A line of the file as it was read. */
export interface ReadLine {
  /** Byte of the unpacked file behind the line. */
  readonly end: number;
  /** Undefined when the line could not be read. */
  readonly row: Row | undefined;
  /** What such a line holds nevertheless, for the list of rejected ones. */
  readonly raw?: unknown;
  readonly problem?: { readonly reason: string; readonly detail: string };
}

/** A line that made nothing, as it is listed. */
export interface RejectedLine {
  /** Number of the line among those of data, from 1. */
  readonly row: number;
  readonly reason: string;
  /** Path in the map or in the event. */
  readonly path: string;
  readonly detail: string;
  /** Its cells, or what else is known of it. */
  readonly line: unknown;
}

/** What is the same for a whole import. */
export interface PartContext {
  readonly name: string;
  readonly importId: string;
  /** Milliseconds since 1970. */
  readonly importedAt: number;
  readonly plan: Plan;
  /** Groups of earlier imports of the name. */
  readonly earlier: GroupIds;
  /** Groups of this import; the part adds its own. */
  readonly own: GroupIds;
}

/** Where a part begins. */
export interface PartStart {
  /** Byte of the unpacked file. */
  readonly offset: number;
  /** Lines of data before it. */
  readonly rows: number;
  /** Key of a group that is too large, in whose midst the part begins. */
  readonly tooLarge?: string | undefined;
}

/** Lines of a file that are brought in together: what goes on the stream, and what comes after it. */
export interface Part {
  readonly events: readonly CheckedEvent[];
  readonly spend: readonly SpendItem[];
  readonly rejected: readonly RejectedLine[];
  /** Ids of its groups, those included that an earlier import of the name brought. */
  readonly ids: readonly GroupId[];
  readonly rows: number;
  readonly landedRows: number;
  /** Lines that an earlier import of the name brought. */
  readonly knownRows: number;
  readonly next: PartStart;
}

export interface PartLimits {
  /** A part ends with the first group that brings it to so many lines, or bytes. */
  readonly rows: number;
  readonly bytes: number;
  /** Lines that a group may have. */
  readonly groupLines: number;
}

export const partLimits: PartLimits = { rows: 5_000, bytes: 8_000_000, groupLines: 10_000 };

interface OpenGroup {
  readonly key: string;
  readonly lines: { readonly row: Row; readonly number: number }[];
  /** Lines since it began, with those that were rejected. */
  size: number;
  tooLarge: boolean;
}

/**
 * Gathers lines into a part. Where a part ends depends on its lines and nothing else, so that whoever begins at the same
 * place makes the same part, however the file was read.
 */
export class PartBuilder {
  readonly #context: PartContext;
  readonly #receivedAt: number;
  readonly #start: PartStart;
  readonly #limits: PartLimits;
  readonly #events: CheckedEvent[] = [];
  readonly #spend: SpendItem[] = [];
  readonly #rejected: RejectedLine[] = [];
  readonly #ids: GroupId[] = [];
  #group: OpenGroup | undefined;
  #rows = 0;
  #landedRows = 0;
  #knownRows = 0;
  #end: number;

  /** `receivedAt` is now, in milliseconds since 1970. */
  constructor(context: PartContext, start: PartStart, receivedAt: number, limits: Partial<PartLimits> = {}) {
    this.#context = context;
    this.#receivedAt = receivedAt;
    this.#start = start;
    this.#limits = { ...partLimits, ...limits };
    this.#end = start.offset;
    if (start.tooLarge !== undefined) this.#group = { key: start.tooLarge, lines: [], size: 0, tooLarge: true };
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  /** Whether the line was taken; otherwise the part is full, and the line is the first of the next. */
  add(line: ReadLine): boolean {
    const { plan } = this.#context;
    const groups = plan.target === 'events' && line.row !== undefined;
    const key = groups ? plan.keyOf(line.row) : undefined;
    const goesOn = this.#group !== undefined && !this.#group.tooLarge && (!groups || this.#isOfGroup(key));
    if (this.#isFull && !goesOn) return false;
    this.#rows += 1;
    this.#end = line.end;
    const number = this.#start.rows + this.#rows;
    if (line.row === undefined) {
      const { reason = 'broken_line', detail = '' } = line.problem ?? {};
      this.#reject(number, line.raw, { reason, path: '', detail });
    } else if (groups) this.#addToGroup(line.row, key, number);
    else this.#addSpend(line.row, number);
    this.#boundGroup();
    return true;
  }

  /** The part; no line can be added after it. */
  close(): Part {
    const tooLarge = this.#group?.tooLarge ? this.#group.key : undefined;
    this.#closeGroup();
    return {
      events: this.#events,
      spend: this.#spend,
      rejected: this.#rejected.sort((one, other) => one.row - other.row),
      ids: this.#ids,
      rows: this.#rows,
      landedRows: this.#landedRows,
      knownRows: this.#knownRows,
      next: { offset: this.#end, rows: this.#start.rows + this.#rows, tooLarge },
    };
  }

  #isOfGroup(key: string | undefined): boolean {
    return this.#context.plan.joinsLines && this.#group?.key === key;
  }

  get #isFull(): boolean {
    return this.#rows >= this.#limits.rows || this.#end - this.#start.offset >= this.#limits.bytes;
  }

  #addSpend(row: Row, number: number): void {
    const { plan, importId, importedAt } = this.#context;
    try {
      const rejection = plan.rejectionOf(row);
      if (rejection !== undefined) this.#reject(number, row, { ...rejection, detail: '' });
      else {
        this.#spend.push({ ...plan.spendOf(row), importId, row: number, importedAt });
        this.#landedRows += 1;
      }
    } catch (error) {
      this.#reject(number, row, problemOf(error));
    }
  }

  #addToGroup(row: Row, key: string | undefined, number: number): void {
    if (!this.#isOfGroup(key)) this.#closeGroup();
    const rejection = this.#context.plan.rejectionOf(row);
    if (rejection !== undefined) {
      this.#reject(number, row, { ...rejection, detail: '' });
    } else if (key === undefined) {
      this.#reject(number, row, {
        reason: 'missing_group_key',
        path: 'groupBy',
        detail: 'expected a value, found none',
      });
    } else {
      this.#group ??= { key, lines: [], size: 0, tooLarge: false };
      this.#group.lines.push({ row, number });
    }
  }

  /** A group is held in memory, and a part does not end within one: unless it is too large. */
  #boundGroup(): void {
    const group = this.#group;
    if (group === undefined) return;
    group.size += 1;
    if (group.size > this.#limits.groupLines) group.tooLarge = true;
    if (!group.tooLarge) return;
    const detail = `expected at most ${this.#limits.groupLines} lines, found more`;
    for (const { row, number } of group.lines.splice(0)) {
      this.#reject(number, row, { reason: 'group_too_large', path: 'groupBy', detail });
    }
  }

  #closeGroup(): void {
    const group = this.#group;
    this.#group = undefined;
    if (group === undefined || group.lines.length === 0) return;
    try {
      this.#landGroup(group);
    } catch (error) {
      const problem = problemOf(error);
      for (const { row, number } of group.lines) this.#reject(number, row, problem);
    }
  }

  /** All events of a group, or none. */
  #landGroup({ key, lines }: OpenGroup): void {
    const { plan, earlier, own, name } = this.#context;
    const id = this.#idOf(key);
    if (earlier.has(id)) this.#knownRows += lines.length;
    else {
      const made = plan.eventsOf(lines.map(({ row }) => row));
      const checked = made.map(({ rule, message }) =>
        checkEvent({ ...message, messageId: messageIdOf(id, rule) }, name, this.#receivedAt),
      );
      this.#events.push(...checked);
      this.#landedRows += lines.length;
    }
    own.add(id);
    this.#ids.push(id);
  }

  /** The id of the next group of this key. Throws `LineProblem` when there may be one alone. */
  #idOf(key: string): GroupId {
    const { plan, own, name } = this.#context;
    const first = groupId(name, key, 1);
    if (!own.has(first)) return first;
    if (plan.repeats === 'reject') {
      throw new LineProblem('repeated_group', 'groupBy', 'expected lines that follow each other, found others between');
    }
    // The groups of a key are numbered without gaps, so that their number is found by halving.
    let taken = 1;
    while (own.has(groupId(name, key, taken * 2))) taken *= 2;
    let free = taken * 2;
    while (free - taken > 1) {
      const middle = Math.floor((taken + free) / 2);
      if (own.has(groupId(name, key, middle))) taken = middle;
      else free = middle;
    }
    return groupId(name, key, free);
  }

  #reject(row: number, line: unknown, { reason, path, detail }: Omit<RejectedLine, 'row' | 'line'>): void {
    this.#rejected.push({ row, reason, path, detail, line });
  }
}

function problemOf(error: unknown): LineProblem {
  if (error instanceof LineProblem) return error;
  throw error;
}
