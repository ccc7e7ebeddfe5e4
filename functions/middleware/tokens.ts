/** Tokens of an issuer. A module of its own beside the bundles: only stages that accept tokens have it. */
import { createHash } from 'node:crypto';
import { type JWTPayload, jwtVerify } from 'jose';
import { JWTClaimValidationFailed, JWTExpired } from 'jose/errors';
import { apiScopes } from '../../schemas/access-key.ts';
import type { TokenSettings } from '../../schemas/token-settings.ts';
import { httpExchange } from '../adapters/http-exchange.ts';
import { errorFields, log } from '../adapters/log.ts';
import { IssuerKeys, IssuerUnreachable, type ReadJson } from './issuer-keys.ts';
import type { FindToken } from './token-keys.ts';

/** Those of a key pair: with a shared secret, whoever knows the public key could sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Seconds by which the issuer's clock may differ from ours. */
const TOLERANCE = 5;
/** Requests wait for it, twice at most. */
const READ_MS = 1_500;

/** Claims that name an application, not a person. */
const applications = ['azp', 'client_id', 'appid', 'cid'];
const applicationName = /^[\w.:@/-]{1,128}$/;

/** Says of a token that it is for all people. */
const ALL_SPACES = '*';

export interface TokensProps {
  readonly settings: TokenSettings;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** @default by HTTP */
  readonly read?: ReadJson;
}

/**
 * Verifies tokens of the issuer. Answers never hold what a token says, but its subject: hashed, unless the claim names an
 * application.
 */
export function createTokens({ settings, clock, read = readJson }: TokensProps): FindToken {
  const keys = new IssuerKeys(settings, read, clock, (error) =>
    log('error', 'The keys of the issuer of tokens could not be read.', {
      code: 'issuer_unreachable',
      issuer: settings.issuer,
      ...errorFields(error),
    }),
  );
  const { issuer, audience, keyIdClaim, spaceClaim } = settings;
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys.find, {
        algorithms,
        issuer,
        audience: [...audience],
        requiredClaims: ['exp', keyIdClaim, ...(spaceClaim === undefined ? [] : [spaceClaim])],
        clockTolerance: TOLERANCE,
        currentDate: new Date(clock()),
      });
      const id = idOf(settings, payload[keyIdClaim]);
      if (id === undefined)
        return { code: 'token_invalid', detail: `The claim ${keyIdClaim} of the token is no text.` };
      const space = spaceClaim === undefined ? ALL_SPACES : payload[spaceClaim];
      if (typeof space !== 'string')
        return { code: 'token_invalid', detail: `The claim ${spaceClaim} of the token is no text.` };
      const limited = space === ALL_SPACES ? {} : { space };
      return { key: { id, scopes: scopesOf(settings, payload), ...limited, isToken: true } };
    } catch (error) {
      return refusal(error);
    }
  };
}

function scopesOf({ scopesClaim, scopePrefix }: TokenSettings, payload: JWTPayload) {
  const claim = payload[scopesClaim];
  const named: readonly unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  return apiScopes.filter((scope) => named.includes(scopePrefix + scope));
}

/** The same person and issuer have one id; as in the register of privacy, it names nobody. */
function idOf({ issuer, keyIdClaim }: TokenSettings, subject: unknown): string | undefined {
  if (typeof subject !== 'string' || subject === '') return undefined;
  if (applications.includes(keyIdClaim) && applicationName.test(subject)) return subject;
  return `t:${createHash('sha256').update(`headwater token\n${issuer}\n${subject}`).digest('hex').slice(0, 32)}`;
}

/** Whatever else is wrong with a token or its key, it is refused: no error of it is ours. */
function refusal(error: unknown): Awaited<ReturnType<FindToken>> {
  if (error instanceof IssuerUnreachable) return { code: 'key_not_checked', cause: error };
  if (error instanceof JWTExpired)
    return { code: 'token_expired', detail: 'The token has expired: ask for a new one.' };
  if (error instanceof JWTClaimValidationFailed) {
    const why = error.reason === 'missing' ? 'is missing' : 'is not what this API accepts';
    return { code: 'token_invalid', detail: `The claim ${error.claim} of the token ${why}.` };
  }
  return { code: 'token_invalid', detail: 'The token is malformed, or not signed by a key of the issuer.' };
}

async function readJson(url: string): Promise<unknown> {
  const place = new URL(url);
  const exchange = httpExchange(place, READ_MS);
  const headers = { accept: 'application/json', connection: 'close' };
  const { status, body } = await exchange({
    method: 'GET',
    path: place.pathname + place.search,
    headers,
    body: Buffer.alloc(0),
  });
  if (status !== 200) throw new Error(`The issuer answered ${status}.`);
  return JSON.parse(body.toString());
}
