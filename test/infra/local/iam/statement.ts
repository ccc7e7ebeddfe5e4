import { evaluate } from '../../../../infra/local/iam/evaluate.ts';
import type { Need } from '../../../../infra/local/iam/need.ts';
import { compilePolicy } from '../../../../infra/local/iam/policy.ts';

/** A policy of the given statements, as JSON. */
export const aPolicy = (...statements: object[]): object => ({ Version: '2012-10-17', Statement: statements });

/** What policies together say to a request: `allowed`, `denied` by a statement, or `implicitly denied`. */
export function decisionOf(policies: readonly unknown[], need: Need): string {
  const statements = policies.flatMap((policy, index) => compilePolicy(policy, `policy ${index + 1}`));
  const { isAllowed, by } = evaluate(statements, need);
  if (isAllowed) return 'allowed';
  return by ? 'denied' : 'implicitly denied';
}
