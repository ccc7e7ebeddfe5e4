import type {
  ControlRecord,
  IdentityChange,
  Key,
  LinkRecord,
  PartRecord,
  UnlinkRecord,
} from '../../schemas/stream/control.ts';
import { addLink } from '../identity/links.ts';

/** What a key's turn has to say to other keys, and to the lake of its place in people. */
export class Outgoing {
  readonly #moves: IdentityChange[] = [];
  /** By child and parent. */
  readonly #links = new Map<string, LinkRecord>();
  readonly #reports: (UnlinkRecord | PartRecord)[] = [];

  get links(): number {
    return this.#links.size;
  }

  move(change: IdentityChange): void {
    this.#moves.push(change);
  }

  /** Of several links between two keys the child needs the one that ranks first. */
  link(record: LinkRecord): void {
    const { child, parent, link } = record;
    const name = `${child}\n${parent}`;
    const known = this.#links.get(name);
    const held = known === undefined ? [] : [{ parent, ...known.link }];
    if (addLink(held, { parent, ...link }, child) === held) return;
    this.#links.set(name, record);
  }

  report(records: readonly (UnlinkRecord | PartRecord)[]): void {
    this.#reports.push(...records);
  }

  /** Leaves out what other keys would have heard. */
  withdraw(): void {
    this.#links.clear();
    this.#reports.length = 0;
  }

  /** Leaves out what the lake would have heard. */
  withdrawMoves(): void {
    this.#moves.length = 0;
  }

  records(): ControlRecord[] {
    const identities: ControlRecord[] =
      this.#moves.length > 0 ? [{ v: 1, kind: 'identities', items: this.#moves }] : [];
    return [...identities, ...this.#links.values(), ...lastReports(this.#reports)];
  }
}

/** Of several reports to one parent the last says all; that a person was joined remains the cause. */
function lastReports(records: readonly (UnlinkRecord | PartRecord)[]): (UnlinkRecord | PartRecord)[] {
  const last = new Map<Key, PartRecord>();
  for (const record of records) {
    if (record.kind !== 'part') continue;
    const before = last.get(record.to);
    const cause = before?.cause.type === 'merge' ? before.cause : record.cause;
    last.delete(record.to);
    last.set(record.to, { ...record, cause });
  }
  return [...records.filter(({ kind }) => kind !== 'part'), ...last.values()];
}
