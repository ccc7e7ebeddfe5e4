import type { Condition, SegmentDefinition } from '../../schemas/segment/definition.ts';

/** A place where a definition names another segment. */
export interface Reference {
  readonly id: string;
  /** Path in the definition, for example `condition.conditions.0.id`. */
  readonly path: string;
}

/** The segments that a definition names, wherever it does. */
export function referencesOf(definition: SegmentDefinition): Reference[] {
  const found: Reference[] = [];
  if (definition.condition !== undefined) collect(definition.condition, 'condition', found);
  return found;
}

function collect(condition: Condition, path: string, found: Reference[]): void {
  switch (condition.type) {
    case 'segment':
      found.push({ id: condition.id, path: `${path}.id` });
      break;
    case 'not':
      collect(condition.condition, `${path}.condition`, found);
      break;
    case 'all':
    case 'any':
      for (const [at, each] of condition.conditions.entries()) collect(each, `${path}.conditions.${at}`, found);
      break;
  }
}
