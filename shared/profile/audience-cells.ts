import type { Audience } from '../segments/audience.ts';
import type { CellReader, CellWriter } from './cells.ts';

/** Writes which segments a person is in. */
export function writeAudience(out: CellWriter, audience: Audience): void {
  out.add(audience.transitions);
  out.momentOrNone(audience.evaluatedAt);
  out.momentOrNone(audience.due);
  out.momentOrNone(audience.armed);
  out.map(audience.memberships, ({ version, since, n }) => {
    out.add(version, n);
    out.moment(since);
  });
  out.list([...audience.ready], (ready) => out.add(ready));
}

/** Reads what `writeAudience` wrote. */
export function readAudience(from: CellReader): Audience {
  return {
    transitions: from.number(),
    evaluatedAt: from.momentOrNone(),
    due: from.momentOrNone(),
    armed: from.momentOrNone(),
    memberships: from.map(() => ({ version: from.number(), n: from.number(), since: from.moment() })),
    ready: new Set(from.list(() => from.text())),
  };
}

export const isEmptyAudience = ({ transitions, evaluatedAt, due, armed, memberships, ready }: Audience): boolean =>
  transitions === 0 && evaluatedAt === 0 && due === 0 && armed === 0 && memberships.size === 0 && ready.size === 0;
