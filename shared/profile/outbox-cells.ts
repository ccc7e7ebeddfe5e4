import type { Cause, ControlRecord, Transition } from '../../schemas/stream/control.ts';
import type { Outbox } from '../stream/outbox.ts';
import type { CellReader, CellWriter } from './cells.ts';

/** Writes an outbox: the person's own transitions as cells, what is the same in all of them once, because there may be many; other records as they are. */
export function writeOutbox(out: CellWriter, { shardId, sequenceNumber, records }: Outbox): void {
  const own = records.flatMap((record) => (record.kind === 'transitions' ? record.items : []));
  const others = records.filter(({ kind }) => kind !== 'transitions');
  out.add(shardId, sequenceNumber, others);
  writeTransitions(out, own);
}

/** Reads what `writeOutbox` wrote, the transitions before all else. */
export function readOutbox(from: CellReader): Outbox {
  const [shardId, sequenceNumber] = [from.text(), from.text()];
  const others = from.value() as readonly ControlRecord[];
  const items = readTransitions(from);
  const records: ControlRecord[] = items.length > 0 ? [{ v: 1, kind: 'transitions', items }, ...others] : [...others];
  return { shardId, sequenceNumber, records };
}

/** A cause with the consent at that time, which all transitions of a write share: older versions read over it. */
type HeldCause = Cause & Pick<Transition, 'consent'>;

function writeTransitions(out: CellWriter, transitions: readonly Transition[]): void {
  const [first] = transitions;
  const causes: HeldCause[] = [];
  for (const { cause, consent } of transitions) {
    if (!causes.some((other) => isSame(other, cause))) causes.push({ ...cause, ...(consent && { consent }) });
  }
  out.add(causes, transitions.length);
  if (first === undefined) return;
  out.add(first.key, first.profileId, first.n);
  for (const { segmentId, version, to, at, cause } of transitions) {
    out.add(segmentId, version, to === 'entered' ? 1 : 0);
    out.moment(at);
    out.add(causes.findIndex((other) => isSame(other, cause)));
  }
}

function readTransitions(from: CellReader): Transition[] {
  const causes = from.value() as readonly HeldCause[];
  const count = from.number();
  if (count === 0) return [];
  const [key, profileId, first] = [from.text(), from.text(), from.number()];
  return Array.from({ length: count }, (_, place) => {
    const n = first + place;
    const [segmentId, version, to] = [from.text(), from.number(), from.number() === 1 ? 'entered' : 'exited'] as const;
    const at = from.moment();
    const { consent, ...cause } = causes[from.number()] as HeldCause;
    const said = consent && { consent };
    return { id: transitionId(profileId, n), profileId, key, n, segmentId, version, to, at, cause, ...said };
  });
}

const isSame = (one: Cause, other: Cause): boolean =>
  one.type === other.type && one.time === other.time && one.messageId === other.messageId && one.event === other.event;

/** The same however often a transition is published: consumers know ones they have seen. */
export const transitionId = (profileId: string, n: number): string => `${profileId}-${n}`;
