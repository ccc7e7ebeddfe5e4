import type { Node } from './nodes.ts';
import type { Moment, ValueTested } from './predicates/predicate.ts';

/** A root that the sweep does not evaluate. */
export const NOT_SWEPT = -1;

/** The place of a value and, in the lowest bit, whether it is to be negated. */
type Reference = number;

/** Inner nodes of one size that depend on none of each other: [from, to) in the order of evaluation. */
interface Run {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Evaluates many conditions at once that neither time nor other segments can change. Each distinct test is made once, the
 * tests of one value together. Every inner node is an "and" of references that may be negated, laid out in arrays by level
 * and size: the loops run without a branch that a processor could guess wrong, which is what costs most in trees of
 * short-circuits.
 */
export class Sweep {
  readonly #sources: { read(moment: Moment): unknown; readonly tests: ((value: unknown) => boolean)[] }[] = [];
  readonly #others: Node[] = [];
  readonly #runs: Run[] = [];
  readonly #parts: Int32Array;
  readonly #values: Uint8Array;
  readonly #roots: Int32Array;
  readonly #leafCount: number;

  /** Undefined roots, timed ones and those that refer to segments are not swept. */
  constructor(roots: readonly (Node | undefined)[]) {
    const swept = roots.map((root) => (root !== undefined && isSweepable(root) ? root : undefined));
    const nodes = [...new Set(swept.flatMap((root) => (root ? withInner(root) : [])))];
    const places = new Map<Node, Reference>();
    this.#placeLeaves(nodes, places);
    this.#leafCount = places.size;
    const parts: number[] = [];
    let levels = nodes.filter(({ kind }) => kind === 'all' || kind === 'any');
    while (levels.length > 0) {
      const isReady = (node: Node) => node.inner.every((inner) => referenceTo(inner, places) !== undefined);
      const ready = levels.filter(isReady).sort((one, other) => one.inner.length - other.inner.length);
      levels = levels.filter((node) => !isReady(node));
      const found = ready.map((node) => node.inner.map((inner) => referenceTo(inner, places) as Reference));
      for (const [at, node] of ready.entries()) this.#placeInner(node, found[at] as Reference[], parts, places);
    }
    this.#parts = Int32Array.from(parts);
    this.#values = new Uint8Array(places.size);
    this.#roots = Int32Array.from(swept, (root) => (root && referenceTo(root, places)) ?? NOT_SWEPT);
  }

  isSwept(place: number): boolean {
    return this.#roots[place] !== NOT_SWEPT;
  }

  /** Evaluates all roots; `holds` then answers for this moment. */
  run(moment: Moment): void {
    const values = this.#values;
    let at = 0;
    for (const { read, tests } of this.#sources) {
      const value = read(moment);
      for (let test = 0; test < tests.length; test += 1) {
        values[at++] = (tests[test] as (value: unknown) => boolean)(value) ? 1 : 0;
      }
    }
    for (const { predicate } of this.#others) values[at++] = predicate?.evaluate(moment) === true ? 1 : 0;

    const parts = this.#parts;
    let part = 0;
    at = this.#leafCount;
    for (const { size, from, to } of this.#runs) {
      for (let node = from; node < to; node += 1) {
        let all = 1;
        for (const end = part + size; part < end; part += 1) {
          const reference = parts[part] as Reference;
          all &= (values[reference >> 1] as number) ^ (reference & 1);
        }
        values[at++] = all;
      }
    }
  }

  holds(place: number): boolean {
    const reference = this.#roots[place] as Reference;
    return ((this.#values[reference >> 1] as number) ^ (reference & 1)) === 1;
  }

  #placeLeaves(nodes: readonly Node[], places: Map<Node, Reference>): void {
    const bySource = new Map<string, { read: ValueTested['read']; tests: ValueTested['holds'][]; nodes: Node[] }>();
    for (const node of nodes) {
      if (node.kind !== 'leaf') continue;
      const tested = node.predicate?.tested;
      if (tested === undefined) {
        this.#others.push(node);
        continue;
      }
      const { source, read, holds } = tested;
      const known = bySource.get(source) ?? { read, tests: [], nodes: [] };
      known.tests.push(holds);
      known.nodes.push(node);
      bySource.set(source, known);
    }
    for (const { read, tests, nodes } of bySource.values()) {
      this.#sources.push({ read, tests });
      for (const node of nodes) places.set(node, places.size << 1);
    }
    for (const node of this.#others) places.set(node, places.size << 1);
  }

  /** "any" is the negation of "all of the negations". */
  #placeInner(node: Node, inner: readonly Reference[], parts: number[], places: Map<Node, Reference>): void {
    const negated = node.kind === 'any' ? 1 : 0;
    const at = places.size;
    places.set(node, (at << 1) | negated);
    for (const reference of inner) parts.push(reference ^ negated);
    const last = this.#runs.at(-1);
    if (last?.size === inner.length) this.#runs[this.#runs.length - 1] = { ...last, to: last.to + 1 };
    else this.#runs.push({ size: inner.length, from: at, to: at + 1 });
  }
}

const withInner = (node: Node): Node[] => [node, ...node.inner.flatMap(withInner)];

const isSweepable = (node: Node): boolean =>
  !node.isTimed && node.predicate?.reads.segment === undefined && node.inner.every(isSweepable);

function referenceTo(node: Node, places: ReadonlyMap<Node, Reference>): Reference | undefined {
  if (node.kind !== 'not') return places.get(node);
  const inner = referenceTo(node.inner[0] as Node, places);
  return inner === undefined ? undefined : inner ^ 1;
}
