import { type Draft, type JsonObject, noteChange, ok, type StepResult } from './step.ts';

/**
 * Standardises traits: an identify without traits takes those of its context, where RudderStack's browser SDK puts
 * them, and e-mail addresses are in lower case.
 */
export function standardiseTraits(draft: Draft): StepResult {
  const inContext = draft.context.traits;
  if (isObject(inContext)) {
    if (draft.type === 'identify' && isEmpty(draft.traits) && !isEmpty(inContext)) {
      draft.traits = inContext;
      noteChange(draft.changes, 'traits', 'traits_from_context');
    }
    const lowered = withLowerCaseEmail(draft, inContext, 'context.traits.email');
    if (lowered !== inContext) draft.context = { ...draft.context, traits: lowered };
  }
  draft.traits = withLowerCaseEmail(draft, draft.traits, 'traits.email');
  return ok;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

/** No values are noted: an e-mail address is personal. */
function withLowerCaseEmail(draft: Draft, traits: JsonObject, path: string): JsonObject {
  const { email } = traits;
  if (typeof email !== 'string') return traits;
  const lower = email.toLowerCase();
  if (lower === email) return traits;
  noteChange(draft.changes, path, 'lower_case');
  return { ...traits, email: lower };
}
