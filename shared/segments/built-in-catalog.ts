import { createHash } from 'node:crypto';
import { builtInSegments } from './built-in-segments.ts';
import type { CatalogBody } from './catalog-body.ts';
import { ruleHash } from './same-rule.ts';

export interface BuiltInCatalog {
  readonly body: CatalogBody;
  /** Tells one version's built-in segments from another's. */
  readonly hash: string;
}

let made: BuiltInCatalog | undefined;

/** The catalog before the first save: the built-in segments, all live, because there are no profiles yet to bring up to date. */
export function builtInCatalog(): BuiltInCatalog {
  made ??= {
    body: {
      entries: builtInSegments
        .map((definition) => {
          const live = { ...definition, version: 1 };
          return { id: definition.id, live, builtIn: ruleHash(definition), createdAt: 0, updatedAt: 0 };
        })
        .sort((one, other) => (one.id < other.id ? -1 : 1)),
      removed: [],
      retired: [],
      versionFloor: 0,
      deletedBuiltIns: [],
    },
    hash: createHash('sha256').update(JSON.stringify(builtInSegments)).digest('hex').slice(0, 16),
  };
  return made;
}
