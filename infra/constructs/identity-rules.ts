import type { StageSettings } from '../config.ts';
import type { Grant } from './grant.ts';

/** To know what identifies people. */
export function identityRules({ identity }: StageSettings): Grant<{ IDENTITY_RULES: string }> {
  return { environment: { IDENTITY_RULES: JSON.stringify(identity) }, statements: [] };
}
