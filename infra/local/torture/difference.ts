/** Something that is not as the ledger says. */
export interface Difference {
  readonly what: string;
  /** Of the event, person or transition that it is about. */
  readonly id?: string;
  readonly ledger: string;
  readonly found: string;
}

/** Counts what was compared, and keeps what differs. */
export class Comparison {
  readonly differences: Difference[] = [];
  compared = 0;

  equal(what: string, ledger: unknown, found: unknown, id?: string): void {
    this.compared += 1;
    const [wanted, got] = [shown(ledger), shown(found)];
    if (wanted !== got) this.differences.push({ what, ...(id !== undefined && { id }), ledger: wanted, found: got });
  }

  /** Something that must not be. */
  wrong(what: string, found: unknown, id?: string): void {
    this.differences.push({ what, ...(id !== undefined && { id }), ledger: 'none', found: shown(found) });
  }
}

const shown = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none'));
