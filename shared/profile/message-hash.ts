/** A 64-bit hash in two halves, each an unsigned 32-bit integer. */
export interface Hash64 {
  readonly high: number;
  readonly low: number;
}

/**
 * Hash of the message id within its source: what the dedup window remembers instead of up to 200 characters.
 *
 * MurmurHash3's mixing (its two-lane core, 32 bits each, fed with pairs of UTF-16 units). Of n ids in a window, a new one
 * is taken for a repeat by chance n in 2^64. Never `{0, 0}`, which marks a free place.
 */
export function messageHash(sourceId: string, messageId: string): Hash64 {
  return hash64(`${sourceId}\n${messageId}`);
}

/** Hash of any text, as 16 hex digits. */
export function textHash(text: string): string {
  const { high, low } = hash64(text);
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

function hash64(text: string): Hash64 {
  let a = 0x9747b28c;
  let b = 0x3c6ef372;
  const length = text.length;
  for (let at = 0; at < length; at += 2) {
    const pair = text.charCodeAt(at) | (at + 1 < length ? text.charCodeAt(at + 1) << 16 : 0);
    let k = Math.imul(pair, 0x239b961b);
    k = Math.imul((k << 15) | (k >>> 17), 0xab0e9789);
    a ^= k;
    a = (((a << 19) | (a >>> 13)) + b) | 0;
    a = (Math.imul(a, 5) + 0x561ccd1b) | 0;
    k = Math.imul(pair, 0x38b34ae5);
    k = Math.imul((k << 16) | (k >>> 16), 0xa1e38b93);
    b ^= k;
    b = (((b << 17) | (b >>> 15)) + a) | 0;
    b = (Math.imul(b, 5) + 0x0bcaa747) | 0;
  }
  a ^= length;
  b ^= length;
  a = (a + b) | 0;
  b = (b + a) | 0;
  a = finalMix(a);
  b = finalMix(b);
  a = (a + b) | 0;
  b = (b + a) | 0;
  return { high: a >>> 0, low: (a | b) === 0 ? 1 : b >>> 0 };
}

function finalMix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
