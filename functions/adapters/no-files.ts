/**
 * In the place of `node:fs` and `node:fs/promises`: functions send no files, and Lambda has no profile files, which the
 * SDK would look for at its first call and takes for empty.
 */
const missing = (): never => {
  throw new Error('Files are not part of the bundles: see infra/decisions/0005-lean-bundles.md.');
};

export const readFile = async () => missing();
export class ReadStream {}
export const createReadStream = missing;
export const fstatSync = missing;
export const lstatSync = missing;
