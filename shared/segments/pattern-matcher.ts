import type { Range } from '../../schemas/segment/code-points.ts';
import type { PatternNode } from '../../schemas/segment/pattern.ts';

/** A step of the automaton: one character out of a set, or an edge that takes none. */
type Step =
  | { readonly kind: 'set'; readonly ranges: readonly Range[]; next: number }
  | { readonly kind: 'fork'; readonly next: number[] }
  | { readonly kind: 'start' | 'end'; next: number }
  | { readonly kind: 'match' };

/** States of the lazily built automaton that are kept before it begins anew. */
const MAX_STATES = 1_000;
/** Number of the step that every pattern ends in. */
const MATCH = 0;

/**
 * Whether a pattern is found anywhere in a text: in time linear in the text whatever the pattern, which is why this is not
 * left to the engine's own backtracking.
 */
export function compilePattern(pattern: PatternNode): (text: string) => boolean {
  const automaton = new Automaton(stepsOf(pattern));
  return (text) => automaton.finds(text);
}

/** Thompson's construction. */
function stepsOf(pattern: PatternNode): { steps: Step[]; entry: number } {
  const steps: Step[] = [{ kind: 'match' }];
  const add = (step: Step): number => steps.push(step) - 1;
  /** Adds the steps of a node before those at `next`, and returns where they begin. */
  const build = (node: PatternNode, next: number): number => {
    switch (node.kind) {
      case 'set':
        return add({ kind: 'set', ranges: node.ranges, next });
      case 'start':
      case 'end':
        return add({ kind: node.kind, next });
      case 'sequence':
        return node.parts.reduceRight((after, part) => build(part, after), next);
      case 'choice':
        return add({ kind: 'fork', next: node.parts.map((part) => build(part, next)) });
      case 'repeat': {
        let entry = next;
        if (node.max === Number.POSITIVE_INFINITY) {
          const loop = [next];
          entry = add({ kind: 'fork', next: loop });
          loop.push(build(node.part, entry));
        } else {
          for (let count = node.min; count < node.max; count += 1) {
            entry = add({ kind: 'fork', next: [next, build(node.part, entry)] });
          }
        }
        for (let count = 0; count < node.min; count += 1) entry = build(node.part, entry);
        return entry;
      }
    }
  };
  const entry = build(pattern, 0);
  return { steps, entry };
}

interface State {
  /** Numbers of the `set` and `end` steps that the text so far leads to. */
  readonly steps: readonly number[];
  readonly isMatch: boolean;
  readonly isMatchAtEnd: boolean;
  /** Next state by class of character, as far as it was ever asked for. */
  readonly next: (State | undefined)[];
}

class Automaton {
  readonly #steps: readonly Step[];
  readonly #entry: number;
  /** First code point of each class of characters that no set tells apart. */
  readonly #classStarts: readonly number[];
  readonly #asciiClasses = new Int32Array(128);
  readonly #states = new Map<string, State>();
  #start: State;

  constructor({ steps, entry }: { steps: readonly Step[]; entry: number }) {
    this.#steps = steps;
    this.#entry = entry;
    const starts = new Set([0]);
    for (const step of steps) {
      if (step.kind !== 'set') continue;
      for (const [low, high] of step.ranges) starts.add(low).add(high + 1);
    }
    this.#classStarts = [...starts].sort((one, other) => one - other);
    for (let code = 0; code < 128; code += 1) this.#asciiClasses[code] = this.#searchClass(code);
    this.#start = this.#stateOf([entry], true);
  }

  finds(text: string): boolean {
    let state = this.#start;
    for (let at = 0; at < text.length && !state.isMatch; at += 1) {
      const code = text.codePointAt(at) as number;
      if (code > 0xffff) at += 1;
      const charClass = code < 128 ? (this.#asciiClasses[code] as number) : this.#searchClass(code);
      state = state.next[charClass] ?? this.#advance(state, charClass);
    }
    return state.isMatch || state.isMatchAtEnd;
  }

  #searchClass(code: number): number {
    let low = 0;
    let high = this.#classStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#classStarts[middle] as number) <= code) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The state after one more character; a match may begin anew after each. */
  #advance(from: State, charClass: number): State {
    const code = this.#classStarts[charClass] as number;
    const targets = [this.#entry];
    for (const number of from.steps) {
      const step = this.#steps[number] as Step;
      if (step.kind === 'set' && step.ranges.some(([low, high]) => low <= code && code <= high))
        targets.push(step.next);
    }
    if (this.#states.size >= MAX_STATES) {
      this.#states.clear();
      this.#start = this.#stateOf([this.#entry], true);
    }
    const state = this.#stateOf(targets, false);
    from.next[charClass] = state;
    return state;
  }

  #stateOf(targets: readonly number[], isAtStart: boolean): State {
    const reached = this.#close(targets, isAtStart, false);
    const steps = [...reached].filter((number) => ['set', 'end'].includes((this.#steps[number] as Step).kind)).sort();
    const isMatch = reached.has(MATCH);
    const isMatchAtEnd = this.#close(reached, isAtStart, true).has(MATCH);
    const key = `${steps.join()} ${isMatch} ${isMatchAtEnd}`;
    let state = this.#states.get(key);
    if (state === undefined) {
      state = { steps, isMatch, isMatchAtEnd, next: new Array(this.#classStarts.length) };
      this.#states.set(key, state);
    }
    return state;
  }

  /** Every step that edges without a character lead to. */
  #close(targets: Iterable<number>, isAtStart: boolean, isAtEnd: boolean): Set<number> {
    const reached = new Set(targets);
    for (const number of reached) {
      const step = this.#steps[number] as Step;
      if (step.kind === 'fork') for (const next of step.next) reached.add(next);
      else if (step.kind === 'start' && isAtStart) reached.add(step.next);
      else if (step.kind === 'end' && isAtEnd) reached.add(step.next);
    }
    return reached;
  }
}
