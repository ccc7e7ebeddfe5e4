import { TemplateError } from '../errors.ts';

/** A policy of the template that cannot be evaluated here: what isn't understood is refused, never passed over. */
export function policyError(where: string, what: string): TemplateError {
  return new TemplateError(
    `${where}: ${what}. The local runtime checks every call by its policies, so it must understand them.`,
  );
}
