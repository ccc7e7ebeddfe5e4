import type { InjectedFault } from '../faults/injecting.ts';
import type { Killed, When } from '../faults/kills.ts';

/** What the runtime under torture is started with. */
export interface RuntimeSettings {
  readonly assemblyDir: string;
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly seed: string;
  /** Number of this start of the runtime: another start meets other faults. */
  readonly start: number;
  readonly faults: number;
  /** Calls of a function between two kills, on average; 0 for none. */
  readonly killEvery: number;
  /** Milliseconds by which all clocks are off. */
  readonly shiftMs: number;
  /** File that takes a line of JSON for whatever befell something, so that it outlives the process. */
  readonly log: string;
  readonly isUnderFire: boolean;
}

/** What the runtime tells of itself when it is up. */
export interface Up {
  readonly kind: 'up';
  readonly port: number;
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  readonly streamName: string;
  readonly queueUrl: string;
  readonly failureBuckets: readonly string[];
  /** Names of functions by logical id. */
  readonly functions: Readonly<Record<string, string>>;
}

/**
 * Asked of the runtime: to begin or end the fire, to say when all is processed, what was denied, or to let the sealer look
 * for days to seal, by a clock of its own; that answers whether it came to its end.
 */
export type Command = 'fire' | 'calm' | 'settle' | 'denied' | { readonly seal: true; readonly shiftMs: number };
export interface Order {
  readonly id: number;
  readonly command: Command;
}
export interface Done {
  readonly kind: 'done';
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A line of the log. */
export type Befell =
  | ({ readonly fault: true; readonly start: number } & InjectedFault)
  | ({ readonly kill: When } & Omit<Killed, 'when'>)
  | { readonly jump: number; readonly function: string };
