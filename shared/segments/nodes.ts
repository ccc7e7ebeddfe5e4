import { type Moment, NEVER, type Predicate } from './predicates/predicate.ts';

/**
 * A condition as it is evaluated. Equal conditions of all definitions are one node, so that what several share is
 * evaluated once for each moment; the verdict of the latest moment is kept in the node.
 */
export interface Node {
  readonly kind: 'leaf' | 'all' | 'any' | 'not';
  readonly predicate: Predicate | undefined;
  /** What time cannot change comes first: it may decide alone. */
  readonly inner: readonly Node[];
  readonly isTimed: boolean;
  seen: Moment | undefined;
  verdict: boolean;
  /** The verdict holds before this moment if nothing happens; `NEVER` for nodes that are not timed. */
  until: number;
}

export const leafNode = (predicate: Predicate): Node => newNode('leaf', predicate, [], predicate.isTimed);

export function innerNode(kind: 'all' | 'any' | 'not', inner: readonly Node[]): Node {
  const isTimed = inner.some((node) => node.isTimed);
  return newNode(
    kind,
    undefined,
    inner.toSorted((one, other) => Number(one.isTimed) - Number(other.isTimed)),
    isTimed,
  );
}

const newNode = (
  kind: Node['kind'],
  predicate: Predicate | undefined,
  inner: readonly Node[],
  isTimed: boolean,
): Node => ({
  kind,
  predicate,
  inner,
  isTimed,
  seen: undefined,
  verdict: false,
  until: NEVER,
});

/** Whether the node holds at a moment; `node.until` then tells until when at least. */
export function holds(node: Node, moment: Moment): boolean {
  if (node.seen === moment) return node.verdict;
  node.seen = moment;
  switch (node.kind) {
    case 'leaf':
      node.verdict = (node.predicate as Predicate).evaluate(moment);
      if (node.isTimed) node.until = moment.until;
      break;
    case 'not': {
      const [inner] = node.inner as [Node];
      node.verdict = !holds(inner, moment);
      node.until = inner.until;
      break;
    }
    case 'all':
      decide(node, moment, false);
      break;
    case 'any':
      decide(node, moment, true);
      break;
  }
  return node.verdict;
}

/**
 * `all` is decided by what is false, `any` by what is true. While one of the deciders stands the verdict stands, so it
 * holds until the last of them may change; without one, until the first of all others may.
 */
function decide(node: Node, moment: Moment, deciding: boolean): void {
  let decided = Number.NEGATIVE_INFINITY;
  let undecided = NEVER;
  for (const inner of node.inner) {
    if (holds(inner, moment) !== deciding) {
      if (inner.until < undecided) undecided = inner.until;
    } else {
      if (inner.until > decided) decided = inner.until;
      if (decided === NEVER) break;
    }
  }
  const isDecided = decided !== Number.NEGATIVE_INFINITY;
  node.verdict = isDecided === deciding;
  node.until = isDecided ? decided : undecided;
}
