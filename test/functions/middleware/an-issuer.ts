import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;
export type Algorithm = 'RS256' | 'PS256' | 'ES256' | 'EdDSA';

interface Pair {
  readonly kid: string;
  readonly alg: Algorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const ISSUER = 'https://login.example.com/';
export const JWKS_URI = 'https://keys.example.com/jwks?of=shop';

export function aPair(kid: string, alg: Algorithm): Pair {
  const pair =
    alg === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : alg === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { kid, alg, ...pair };
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as an issuer makes it, by Node's own cryptography. */
export function tokenOf({ privateKey, alg, kid }: Pair, claims: Json, header: Json = {}): string {
  const signed = `${part({ alg, kid, typ: 'JWT', ...header })}.${part(claims)}`;
  const padding = alg === 'PS256' ? { padding: 6, saltLength: 32 } : {};
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363', ...padding } as const;
  return `${signed}.${sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(signed), key).toString('base64url')}`;
}

export const unsigned = (claims: Json, alg = 'none'): string => `${part({ alg, typ: 'JWT' })}.${part(claims)}.`;

/** Signed with a shared secret that everybody knows: the text of the public key. */
export function signedByPublicKey({ publicKey, kid }: Pair, claims: Json, format: 'pem' | 'der'): string {
  const secret = publicKey.export({ type: 'spki', format: format as 'der' });
  const signed = `${part({ alg: 'HS256', kid, typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** An issuer in memory, which answers nobody while it `isOut`. */
export class AnIssuer {
  isOut = false;
  pairs: Pair[];
  /** What it is asked for, in order. */
  readonly asked: string[] = [];
  readonly description: Record<string, unknown> = { issuer: ISSUER, jwks_uri: JWKS_URI };

  constructor(...pairs: Pair[]) {
    this.pairs = pairs;
  }

  readonly read = async (url: string): Promise<unknown> => {
    this.asked.push(url);
    if (this.isOut) throw new Error('Nobody answers.');
    if (url === `${ISSUER}.well-known/openid-configuration`) return this.description;
    if (url === JWKS_URI) return this.keys();
    throw new Error(`404: ${url}`);
  };

  keys(): Json {
    return {
      keys: this.pairs.map(({ kid, alg, publicKey }) => ({
        ...publicKey.export({ format: 'jwk' }),
        kid,
        alg,
        use: 'sig',
      })),
    };
  }
}
