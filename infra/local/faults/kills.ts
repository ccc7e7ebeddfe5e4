import { streamOf } from '../demo/random.ts';
import type { Station } from '../gateway/stations.ts';
import { changesSomething } from './fault.ts';

export interface KillsOptions {
  readonly seed: string;
  /** Calls of a function that change something between two of its kills, on average. */
  readonly every: number;
  /** Whether kills are wanted now; calls are counted while they are. */
  readonly isOn: () => boolean;
  /** Kills all sandboxes of a function, and says how many there were. */
  readonly kill: (caller: string) => number;
  readonly onKill: (kill: Killed) => void;
}

export interface Killed {
  readonly caller: string;
  readonly when: When;
  /** Number of the call among those of the function that change something. */
  readonly nth: number;
  readonly sandboxes: number;
}

/** Whether the call at which a function dies was done before. */
export type When = 'before a call' | 'after a call';

/** A function that makes few calls dies as well: the first gap is so long, and each further one twice as long. */
const FIRST_GAP = 20;

/** At which of its calls a function dies next. */
export interface Sentence {
  readonly at: number;
  readonly when: When;
}

/** The calls at which a function dies, one after another: they hang on the seed and the function alone. */
export function* sentencesOf(seed: string, caller: string, every: number): Generator<Sentence, never> {
  const random = streamOf(seed, 'kills', caller);
  let at = 0;
  for (let gap = FIRST_GAP; ; gap *= 2) {
    at += Math.ceil(random.between(0.5, 1.5) * Math.min(gap, every));
    yield { at, when: random.pick<When>(['before a call', 'after a call']) };
  }
}

/**
 * A station at which functions die in the middle of their work: at one of their calls, either before it is done or after.
 * Counted by calls and not by time, a function dies at the same places however fast the machine is; and by those that change
 * something, because one that only reads for long would otherwise never come to its end.
 */
export function killing({ seed, every, isOn, kill, onKill }: KillsOptions): Station {
  interface Life {
    made: number;
    readonly sentences: Generator<Sentence, never>;
    next: Sentence;
  }
  const lives = new Map<string, Life>();
  const lifeOf = (caller: string): Life => {
    const sentences = sentencesOf(seed, caller, every);
    const life = lives.get(caller) ?? { made: 0, sentences, next: sentences.next().value };
    lives.set(caller, life);
    return life;
  };
  const execute = (caller: string, { at, when }: Sentence) => {
    const sandboxes = kill(caller);
    if (sandboxes > 0) onKill({ caller, when, nth: at, sandboxes });
  };
  return async (call, next) => {
    const { caller, operation } = call;
    // What pollers call does not come by HTTP.
    if (!isOn() || caller === 'tool' || call.headers.host === undefined || !changesSomething(operation)) {
      return next(call);
    }
    const life = lifeOf(caller);
    life.made += 1;
    if (life.made < life.next.at) return next(call);
    const sentence = life.next;
    life.next = life.sentences.next().value;
    if (sentence.when === 'before a call') {
      execute(caller, sentence);
      return { status: 503, headers: {}, body: Buffer.alloc(0), hangsUp: true };
    }
    const answer = await next(call);
    execute(caller, sentence);
    return answer;
  };
}
