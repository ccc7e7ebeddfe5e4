import { streamOf } from '../demo/random.ts';
import type { Station } from '../gateway/stations.ts';

export interface KillsOptions {
  readonly seed: string;
  /** Milliseconds between two kills, on average. */
  readonly everyMs: number;
  readonly isOn: () => boolean;
  /** Kills all sandboxes of a function, and says how many there were. */
  readonly kill: (caller: string) => number;
  readonly onKill: (kill: { readonly caller: string; readonly when: When; readonly sandboxes: number }) => void;
}

/** Whether the call at which a function dies was done before. */
export type When = 'before a call' | 'after a call';

export interface Kills {
  readonly station: Station;
  stop(): void;
}

/** A function that made no call for so long has nothing under way. */
const BUSY_MS = 3_000;

/**
 * Kills functions in the middle of their work: now and then one that is busy is condemned, and dies at one of its next
 * calls, either before it is done or after.
 */
export function openKills({ seed, everyMs, isOn, kill, onKill }: KillsOptions): Kills {
  const random = streamOf(seed, 'kills');
  const seen = new Map<string, number>();
  const condemned = new Map<string, { calls: number; readonly when: When }>();
  let timer: NodeJS.Timeout | undefined;

  const condemn = () => {
    const busy = [...seen].filter(([, at]) => performance.now() - at < BUSY_MS).map(([caller]) => caller);
    const calls = random.integer(0, 6);
    const when = random.pick<When>(['before a call', 'after a call']);
    if (isOn() && busy.length > 0) condemned.set(random.pick(busy.toSorted()), { calls, when });
    arm();
  };
  const arm = () => {
    timer = setTimeout(condemn, random.between(0.5, 1.5) * everyMs).unref();
  };
  arm();

  const execute = (caller: string, when: When) => {
    condemned.delete(caller);
    const sandboxes = isOn() ? kill(caller) : 0;
    if (sandboxes > 0) onKill({ caller, when, sandboxes });
  };
  return {
    station: async (call, next) => {
      const { caller } = call;
      if (caller === 'tool' || call.headers.host === undefined) return next(call);
      seen.set(caller, performance.now());
      const sentence = condemned.get(caller);
      if (sentence === undefined) return next(call);
      sentence.calls -= 1;
      if (sentence.calls >= 0) return next(call);
      if (sentence.when === 'before a call') {
        execute(caller, sentence.when);
        return { status: 503, headers: {}, body: Buffer.alloc(0), hangsUp: true };
      }
      const answer = await next(call);
      execute(caller, sentence.when);
      return answer;
    },
    stop: () => clearTimeout(timer),
  };
}
