import { readState, writeState } from '../state-file.ts';

/** A denied permission, and how often it was. */
export interface Denied {
  /** Logical id of the function. */
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly message: string;
  calls: number;
}

/** How often each function used each action, by the function's logical id. */
export type Used = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What functions used of their permissions, and what they were denied. */
export interface Ledger {
  /** The counter of a permission that is used; whoever uses it adds to `calls`. */
  counter(caller: string, action: string): { calls: number };
  deny(denial: Omit<Denied, 'calls'>): Denied;
  used(): Used;
  denied(): readonly Denied[];
  /** Goes on with what an earlier run wrote to a file. */
  open(file: string): Promise<void>;
  save(): Promise<void>;
}

/** Different resources that are remembered as denied: one that is denied a whole bucket would fill the memory. */
const most = 500;

export function createLedger(): Ledger {
  const used = new Map<string, Map<string, { calls: number }>>();
  const denied = new Map<string, Denied>();
  let kept: string | undefined;

  const counter = (caller: string, action: string) => {
    const actions = used.get(caller) ?? new Map<string, { calls: number }>();
    used.set(caller, actions);
    const entry = actions.get(action) ?? { calls: 0 };
    actions.set(action, entry);
    return entry;
  };
  const usedSoFar = (): Used => {
    const entries = [...used].toSorted().map(([caller, actions]) => {
      const calls = [...actions].filter(([, entry]) => entry.calls > 0).map(([action, entry]) => [action, entry.calls]);
      return [caller, Object.fromEntries(calls.toSorted())];
    });
    return Object.fromEntries(entries);
  };

  return {
    counter,
    deny: (denial) => {
      const key = `${denial.caller} ${denial.action} ${denied.size < most ? denial.resource : ''}`;
      const entry = denied.get(key) ?? { ...denial, calls: 0 };
      denied.set(key, entry);
      entry.calls += 1;
      return entry;
    },
    used: usedSoFar,
    denied: () => [...denied.values()],
    open: async (file) => {
      kept = file;
      for (const [caller, actions] of Object.entries((await readState<Used>(file)) ?? {})) {
        for (const [action, calls] of Object.entries(actions)) counter(caller, action).calls += calls;
      }
    },
    save: async () => {
      if (kept !== undefined) await writeState(kept, usedSoFar());
    },
  };
}
