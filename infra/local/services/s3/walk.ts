import { readdirSync } from 'node:fs';
import path from 'node:path';
import { segmentOfName } from './keys.ts';

/** Ends the name of a folder that stands for one key, with its versions in it: no key's own name can end so. */
export const versionFolder = '%v';

/** Yields the keys under a prefix that come after `after`, in order, without entering folders that hold none. */
export function* walkKeys(root: string, prefix: string, after: string, parent = ''): Generator<string> {
  for (const { name, key, isFolder } of entriesOf(root, parent)) {
    if (isFolder) {
      const mayHoldPrefix = key.startsWith(prefix) || prefix.startsWith(key);
      const mayComeAfter = compareKeys(key, after) > 0 || after.startsWith(key);
      if (mayHoldPrefix && mayComeAfter) yield* walkKeys(path.join(root, name), prefix, after, key);
    } else if (key.startsWith(prefix) && compareKeys(key, after) > 0) yield key;
  }
}

/** A folder counts with its slash, because keys are ordered as whole strings: `a-b` stands before `a/b`. */
function entriesOf(folder: string, parent: string) {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const isVersions = entry.name.endsWith(versionFolder);
      const isFolder = entry.isDirectory() && !isVersions;
      const name = isVersions ? entry.name.slice(0, -versionFolder.length) : entry.name;
      return { name: entry.name, isFolder, key: parent + segmentOfName(name) + (isFolder ? '/' : '') };
    })
    .sort((one, other) => compareKeys(one.key, other.key));
}

/** The order of S3: that of the bytes of UTF-8, which UTF-16 puts otherwise beyond the first 65,536 characters. */
export function compareKeys(one: string, other: string): number {
  if (!beyond.test(one) && !beyond.test(other)) return one < other ? -1 : Number(one > other);
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

const beyond = /[\ud800-\udfff]/;
