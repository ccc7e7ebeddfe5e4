import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { JWKSNoMatchingKey } from 'jose/errors';
import { issuerUrl, type TokenSettings } from '../../schemas/token-settings.ts';

/** How long keys count without a look at the issuer. */
export const FRESH_MS = 10 * 60_000;
/** How long they go on counting while the issuer is out of reach. */
export const STALE_MS = 24 * 3_600_000;
/** The least from one question to the next, so that made-up key ids and an outage cost little. */
export const PAUSE_MS = 30_000;

/** Reads a JSON document; rejects when there is none in time. */
export type ReadJson = (url: string) => Promise<unknown>;

/** The keys of the issuer are not known, and cannot be asked for now. */
export class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable';
}

interface Held {
  readonly find: JWTVerifyGetKey;
  readonly at: number;
}

/** The public keys of an issuer, kept, and asked for again when they are old or one is missing. */
export class IssuerKeys {
  readonly #settings: Pick<TokenSettings, 'issuer' | 'jwksUri'>;
  readonly #read: ReadJson;
  readonly #clock: () => number;
  readonly #failed: (error: unknown) => void;
  #held: Held | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #error: unknown;
  #asking: Promise<void> | undefined;

  /** `failed` is told of each question that had no answer. */
  constructor(
    settings: Pick<TokenSettings, 'issuer' | 'jwksUri'>,
    read: ReadJson,
    clock: () => number,
    failed: (error: unknown) => void,
  ) {
    this.#settings = settings;
    this.#read = read;
    this.#clock = clock;
    this.#failed = failed;
  }

  /** The key that a token says it is signed with. Throws `IssuerUnreachable`, and `JOSEError` when there is no such key. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (!this.#heldFor(FRESH_MS)) await this.#ask();
    const held = this.#heldFor(STALE_MS);
    try {
      if (held) return await held.find(header, token);
    } catch (error) {
      if (!(error instanceof JWKSNoMatchingKey)) throw error;
      await this.#ask();
    }
    const newest = this.#heldFor(STALE_MS);
    if (this.#error !== undefined || !newest) throw new IssuerUnreachable('The keys of the issuer are out of reach.');
    return newest.find(header, token);
  };

  #heldFor(milliseconds: number): Held | undefined {
    const age = this.#clock() - (this.#held?.at ?? 0);
    return age >= 0 && age < milliseconds ? this.#held : undefined;
  }

  /** Asks the issuer, unless that was done a moment ago; requests at one time ask once. Never throws. */
  #ask(): Promise<void> {
    const now = this.#clock();
    const since = now - this.#askedAt;
    if (!this.#asking && since >= 0 && since < PAUSE_MS) return Promise.resolve();
    this.#asking ??= this.#renew(now).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #renew(at: number): Promise<void> {
    this.#askedAt = at;
    try {
      const keys = await this.#read(this.#settings.jwksUri ?? (await this.#jwksUri()));
      this.#held = { find: createLocalJWKSet(keys as JSONWebKeySet), at };
      this.#error = undefined;
    } catch (error) {
      this.#error = error;
      this.#failed(error);
    }
  }

  /** By OpenID Connect Discovery 1.0, section 4. */
  async #jwksUri(): Promise<string> {
    const { issuer } = this.#settings;
    const found = await this.#read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const { issuer: named, jwks_uri: uri } = (found ?? {}) as Record<string, unknown>;
    if (named !== issuer) throw new Error("The issuer's description is of another issuer.");
    if (typeof uri !== 'string' || !issuerUrl.test(uri)) throw new Error("The issuer's description names no keys.");
    return uri;
  }
}
