import type { Need } from './need.ts';
import type { Statement } from './policy.ts';

/** What policies say to a request, and the statement that decided; none when no statement speaks of it. */
export interface Decision {
  readonly isAllowed: boolean;
  readonly by: Statement | undefined;
}

/** A Deny wins over every Allow, whatever their order, and what nobody allows is denied. */
export function evaluate(statements: readonly Statement[], { action, resource, context = {} }: Need): Decision {
  const need = { action, resource, context };
  let allowing: Statement | undefined;
  for (const statement of statements) {
    if (allowing && statement.effect === 'Allow') continue;
    if (!statement.speaksOf(need)) continue;
    if (statement.effect === 'Deny') return { isAllowed: false, by: statement };
    allowing = statement;
  }
  return { isAllowed: allowing !== undefined, by: allowing };
}
