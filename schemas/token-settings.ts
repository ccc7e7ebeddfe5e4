import { type Variable, VariableError } from './variable.ts';

/** Whose tokens are accepted beside API keys, and what of them counts. */
export interface TokenSettings {
  /** As tokens name it, to the letter. */
  readonly issuer: string;
  /** A token must be for one of these. */
  readonly audience: readonly string[];
  /** Absent where the issuer's description names it. */
  readonly jwksUri?: string | undefined;
  /** Claim that holds the scopes: text with spaces, or a list. */
  readonly scopesClaim: string;
  /** What stands before read, manage and privacy in that claim. */
  readonly scopePrefix: string;
  /** Claim that says whose token it is. */
  readonly keyIdClaim: string;
  /** Claim that names the space that a token is limited to, or `*`. @default tokens are for all people */
  readonly spaceClaim?: string | undefined;
}

/** Where an issuer or its keys may be: nobody reads or changes these on the way. Plain HTTP is for one's own machine. */
export const issuerUrl = /^(https:\/\/[\w.-]+(:\d+)?|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?)(\/[^\s#]*)?$/;

/** The settings as JSON; `null` where no tokens are accepted. */
export const tokenSettings = (description: string): Variable<TokenSettings | null> => ({
  description,
  read: (given) => {
    try {
      const settings = JSON.parse(given) as Partial<TokenSettings> | null;
      if (settings === null || (settings.issuer && settings.audience?.length)) return settings as TokenSettings | null;
    } catch {
      // It is told below.
    }
    throw new VariableError('is no JSON with an issuer and an audience, and not null');
  },
});
