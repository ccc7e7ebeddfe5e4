import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Why a permission names more than single resources: the exact finding of the security checks, and the reason. */
export interface Explanation {
  readonly id: string;
  readonly reason: string;
}

type Variables = Readonly<Record<string, string>>;

/**
 * What a function receives from a capability: the permissions, and the variables that tell it what they are for.
 *
 * The two travel as one value, so that a function never has one without the other.
 */
export interface Grant<E extends Variables = Variables> {
  readonly environment: E;
  readonly statements: readonly PolicyStatement[];
  /** @default every statement names single resources */
  readonly explanations?: readonly Explanation[];
  /**
   * Modules in `functions/` that what is granted takes when it is first used: `middleware/tokens`, imported as `./tokens.mjs`.
   *
   * @default none
   */
  readonly lateModules?: readonly string[];
}

type Both<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;

/** One grant of several, with the variables of all of them. */
export function allOf<const G extends readonly Grant[]>(
  ...grants: G
): Grant<Both<G[number]['environment']> & Variables> {
  return {
    environment: Object.assign({}, ...grants.map(({ environment }) => environment)),
    statements: grants.flatMap(({ statements }) => statements),
    explanations: grants.flatMap(({ explanations = [] }) => explanations),
    lateModules: grants.flatMap(({ lateModules = [] }) => lateModules),
  };
}

/** A function that calls nobody and reads nothing. */
// biome-ignore lint/complexity/noBannedTypes: no variables at all is what it says.
export const nothing: Grant<{}> = { environment: {}, statements: [] };
