import { readdirSync } from 'node:fs';
import path from 'node:path';
import { segmentOfName } from './keys.ts';

/** Yields the keys under a prefix that come after `after`, in order, without entering folders that hold none. */
export function* walkKeys(root: string, prefix: string, after: string, parent = ''): Generator<string> {
  for (const { name, key, isFolder } of entriesOf(root, parent)) {
    if (isFolder) {
      const mayHoldPrefix = key.startsWith(prefix) || prefix.startsWith(key);
      const mayComeAfter = key > after || after.startsWith(key);
      if (mayHoldPrefix && mayComeAfter) yield* walkKeys(path.join(root, name), prefix, after, key);
    } else if (key.startsWith(prefix) && key > after) yield key;
  }
}

/** A folder counts with its slash, because keys are ordered as whole strings: `a-b` stands before `a/b`. */
function entriesOf(folder: string, parent: string) {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const isFolder = entry.isDirectory();
      return { name: entry.name, isFolder, key: parent + segmentOfName(entry.name) + (isFolder ? '/' : '') };
    })
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}
