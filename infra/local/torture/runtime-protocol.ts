import type { InjectedFault } from '../faults/injecting.ts';
import type { When } from '../faults/kills.ts';

/** What the runtime under torture is started with. */
export interface RuntimeSettings {
  readonly assemblyDir: string;
  readonly dataDir: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Of this start of the runtime: another start meets other faults. */
  readonly seed: string;
  readonly faults: number;
  readonly killEveryMs: number;
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

/** Asked of the runtime: to begin or end the fire, or to say when all is processed. */
export type Command = 'fire' | 'calm' | 'settle' | 'denied';
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
  | ({ readonly fault: true } & InjectedFault)
  | { readonly kill: When; readonly caller: string; readonly sandboxes: number }
  | { readonly jump: number; readonly function: string };
