import { createHash, type Hash } from 'node:crypto';
import { IMPORTS, REJECTED } from '../../schemas/import/state.ts';

/** The id of an import: the same for the same name, map and content. */
export const importIdOf = (name: string, map: Uint8Array, content: Hash): string => {
  const digest = createHash('sha256').update(createHash('sha256').update(map).digest()).update(content.digest());
  return `${name}-${digest.digest('hex').slice(0, 16)}`;
};

export const stateKey = (id: string): string => `${IMPORTS}${id}/state.json`;

const numbered = (part: number): string => String(part).padStart(7, '0');

/** Ids of the groups of a part. */
export const idsKey = (id: string, part: number): string => `${IMPORTS}${id}/ids/${numbered(part)}.bin`;

/** Lines that a part rejected. */
export const rejectedKey = (id: string, part: number): string => `${REJECTED}${id}/${numbered(part)}.ndjson`;

/** Prefix of all that imports of a name left; of other names, too, that begin alike. */
export const importsOf = (name: string): string => `${IMPORTS}${name}-`;

/** The import and the part of a file of ids, where it is one of an import of this name. */
export function idsFileOf(key: string, name: string): { readonly id: string; readonly part: number } | undefined {
  const match = /^imports\/(.+)-([0-9a-f]{16})\/ids\/(\d{7})\.bin$/.exec(key);
  if (match === null || match[1] !== name) return undefined;
  return { id: `${match[1]}-${match[2]}`, part: Number(match[3]) };
}
