import type { Condition, LeafCondition } from '../../schemas/segment/definition.ts';
import { innerNode, leafNode, type Node } from './nodes.ts';
import { eventPredicate, frequencyPredicate } from './predicates/event.ts';
import { lifecyclePredicate, type StageFinder, stageFinder } from './predicates/lifecycle.ts';
import { notFollowedPredicate } from './predicates/not-followed.ts';
import { consentPredicate, segmentPredicate, sharePredicate } from './predicates/plain.ts';
import type { Predicate, Reads } from './predicates/predicate.ts';
import { rfmPredicate } from './predicates/rfm.ts';
import { sequencePredicate } from './predicates/sequence.ts';
import { computedPredicate, traitPredicate } from './predicates/value.ts';
import { canonicalJson } from './tracks.ts';

/** Compiles the conditions of many definitions into nodes that they share. */
export class ConditionCompiler {
  readonly #nodes = new Map<string, Node>();
  readonly #stageFinders = new Map<string, StageFinder>();
  readonly #placeOf: (segmentId: string) => number;

  /** `placeOf` says where in the catalog a segment stands. */
  constructor(placeOf: (segmentId: string) => number) {
    this.#placeOf = placeOf;
  }

  compile(condition: Condition): Node {
    const key = canonicalJson(condition);
    let node = this.#nodes.get(key);
    if (node === undefined) {
      node = this.#node(condition);
      this.#nodes.set(key, node);
    }
    return node;
  }

  #node(condition: Condition): Node {
    switch (condition.type) {
      case 'all':
      case 'any': {
        const inner = new Set(condition.conditions.map((each) => this.compile(each)));
        return inner.size === 1 ? ([...inner][0] as Node) : innerNode(condition.type, [...inner]);
      }
      case 'not':
        return innerNode('not', [this.compile(condition.condition)]);
      default:
        return leafNode(this.#predicate(condition));
    }
  }

  #predicate(condition: LeafCondition): Predicate {
    switch (condition.type) {
      case 'trait':
        return traitPredicate(condition);
      case 'computed':
        return computedPredicate(condition);
      case 'event':
        return eventPredicate(condition);
      case 'sequence':
        return sequencePredicate(condition);
      case 'notFollowed':
        return notFollowedPredicate(condition);
      case 'frequency':
        return frequencyPredicate(condition);
      case 'rfm':
        return rfmPredicate(condition);
      case 'lifecycle':
        return lifecyclePredicate(condition, this.#stageFinder(condition));
      case 'segment':
        return segmentPredicate(condition, this.#placeOf(condition.id));
      case 'share':
        return sharePredicate(condition);
      case 'consent':
        return consentPredicate(condition);
    }
  }

  #stageFinder(condition: Extract<LeafCondition, { type: 'lifecycle' }>): StageFinder {
    const key = canonicalJson(condition.days);
    let finder = this.#stageFinders.get(key);
    if (finder === undefined) {
      finder = stageFinder(condition);
      this.#stageFinders.set(key, finder);
    }
    return finder;
  }
}

/** All that the leaves of a node read. */
export function readsOf(node: Node): Reads[] {
  return node.predicate === undefined ? node.inner.flatMap(readsOf) : [node.predicate.reads];
}
