import type { Space } from './spaces.ts';

/** What a stage adds to the rules by which identifiers become one person. */
export interface IdentityRules {
  /** Traits whose value identifies a person beside the user id, for example `email`. */
  readonly externalTraits: readonly string[];
  /** Values that are no identifiers, beside the built-in ones, for example the id of a test account. */
  readonly blockedIds: readonly string[];
  /** @default all people share one space */
  readonly spaces?: readonly Space[];
}

/** What a trait's name matches that may be an identifier: it becomes the kind of a key, `<kind>:<value>`. */
export const externalTraitName = /^(?!user$|anonymous$)[a-zA-Z][\w-]{0,31}$/;
