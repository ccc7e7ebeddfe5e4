import type { core } from 'zod/mini';

export interface Offence {
  /** As in `condition.conditions.0.name`; empty for the value as a whole. */
  readonly path: string;
  readonly message: string;
}

type Issue = core.$ZodIssue;

/** What a schema found wrong, each value by its path. Of a union the branch speaks that came nearest to fitting. */
export function issuesOf(issues: readonly Issue[], base: readonly PropertyKey[] = []): Offence[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return nearest(issue.errors, path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known here: leave it out' }));
    }
    return [{ path: path.join('.'), message: issue.message }];
  });
}

/** The branch whose first issue lies deepest: it took the value's shape for its own. */
function nearest(branches: readonly (readonly Issue[])[], path: readonly PropertyKey[]): Offence[] {
  const depthOf = (branch: readonly Issue[]) => Math.max(0, ...branch.map((issue) => issue.path.length));
  const [first] = branches.toSorted((one, other) => depthOf(other) - depthOf(one));
  return issuesOf(first ?? [], path);
}
