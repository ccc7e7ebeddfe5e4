import { createHash } from 'node:crypto';

/** What tells a group of an import's name from all others: 128 bits. */
export interface GroupId {
  readonly high: number;
  readonly low: number;
  readonly bytes: Buffer;
}

/** The id of the `n`th group of this key, from 1, under an import's name: the same whenever the file comes again. */
export function groupId(importName: string, key: string, n: number): GroupId {
  const bytes = createHash('sha256').update(`${importName}\n${n}\n${key}`).digest().subarray(0, 16);
  return { bytes, high: bytes.readUInt32BE(0), low: bytes.readUInt32BE(4) };
}

/** The messageId of the event that a rule of the map made of a group, as a UUID, which profiles keep in few bytes. */
export function messageIdOf({ bytes }: GroupId, rule: number): string {
  const hex = createHash('sha256').update(bytes).update(String(rule)).digest('hex').slice(0, 32);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
