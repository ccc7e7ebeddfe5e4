import type { Runtime } from '../../infra/local/runtime.ts';

/** Why actions are granted that tests do not use, by beginning of the function's name; `*` stands for every function. */
export type Reasons = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Of any function that asks the lake. */
export const reasonsOfAll: Reasons = {
  '*': {
    'athena:StopQueryExecution': 'stops a query that takes too long',
    'glue:GetPartitions': 'Athena asks for it where partitions are not projected, as those of a table may be one day',
    's3:AbortMultipartUpload': 'Athena gives up the large result of a query that failed by it',
  },
};

/** Actions that functions are granted and did not use, and for which there is no reason. */
export function unusedActions(
  { granted, used }: Pick<Runtime['permissions'], 'granted' | 'used'>,
  isAsked: (caller: string) => boolean,
  ...reasons: readonly Reasons[]
): string[] {
  const known = reasons.flatMap((each) => Object.entries(each));
  const isExplained = (caller: string, action: string) =>
    known.some(([part, of]) => (part === '*' || caller.startsWith(part)) && Object.hasOwn(of, action));
  return Object.entries(granted())
    .filter(([caller]) => isAsked(caller))
    .flatMap(([caller, actions]) =>
      actions
        .filter((action) => used()[caller]?.[action] === undefined && !isExplained(caller, action))
        .map((action) => `${caller} ${action}`),
    );
}
