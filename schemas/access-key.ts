/** What a key may be used for, and what an endpoint asks for. */
export const scopes = ['ingest', 'read', 'manage', 'privacy'] as const;
export type Scope = (typeof scopes)[number];

/** A write key may do nothing but send events, because it is public: it is in every page and app. */
export const writeScopes: readonly Scope[] = ['ingest'];
/** All that an API key may be allowed. */
export const apiScopes: readonly Scope[] = ['read', 'manage', 'privacy'];

/** An accepted key: who it belongs to and the hash it is recognised by, so that no template holds a key itself. */
export interface AccessKey {
  /** Source id of a write key, name of an API key. */
  readonly id: string;
  readonly sha256: string;
}

/** How many requests a key may make. */
export interface RateLimit {
  /** Requests of each second. */
  readonly perSecond: number;
  /** Most requests of one second, by what was left of those before; at least `perSecond`. */
  readonly burst: number;
}

/** What each property of an access key matches, and how to say so. */
export const accessKeyRules: Readonly<Record<keyof AccessKey, { readonly pattern: RegExp; readonly is: string }>> = {
  id: { pattern: /^[\w.-]{1,64}$/, is: 'is 1 to 64 letters, digits, dots, dashes or underscores' },
  sha256: { pattern: /^[0-9a-f]{64}$/, is: 'is sha256(key) as 64 lower-case hex digits' },
};
