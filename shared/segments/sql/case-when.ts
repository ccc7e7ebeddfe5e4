/** A CASE, a line for each of its conditions; for values to compare with, after `operand`. Without a match it is NULL. */
export const caseWhen = (
  cases: readonly (readonly [when: string, then: string])[],
  { otherwise, operand }: { readonly otherwise?: string; readonly operand?: string } = {},
): string =>
  [
    operand === undefined ? 'CASE' : `CASE ${operand}`,
    ...cases.map(([when, then]) => `  WHEN ${when} THEN ${then}`),
    ...(otherwise === undefined ? [] : [`  ELSE ${otherwise}`]),
    'END',
  ].join('\n    ');
