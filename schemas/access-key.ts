/** An accepted key: who it belongs to and the hash it is recognised by, so that no template holds a key itself. */
export interface AccessKey {
  /** Source id of a write key, name of an API key. */
  readonly id: string;
  readonly sha256: string;
}

/** What each property of an access key matches, and how to say so. */
export const accessKeyRules: Readonly<Record<keyof AccessKey, { readonly pattern: RegExp; readonly is: string }>> = {
  id: { pattern: /^[\w.-]{1,64}$/, is: 'is 1 to 64 letters, digits, dots, dashes or underscores' },
  sha256: { pattern: /^[0-9a-f]{64}$/, is: 'is sha256(key) as 64 lower-case hex digits' },
};
