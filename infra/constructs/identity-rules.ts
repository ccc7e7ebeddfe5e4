import { toldOfIdentity } from '../settings/people.ts';
import type { StageSettings } from '../settings/stage.ts';
import type { Grant } from './grant.ts';

/** To know what identifies people, and whose are kept apart. */
export function identityRules(settings: StageSettings): Grant<{ IDENTITY_RULES: string }> {
  return { environment: { IDENTITY_RULES: toldOfIdentity(settings) }, statements: [] };
}
