import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import { type CatalogBody, find, latestOf, withSegment } from './catalog-body.ts';
import { newSegment, revised } from './catalog-changes.ts';
import { ruleHash } from './same-rule.ts';

/**
 * Takes in the built-in segments of this version of Headwater: new ones, and new rules for those that nobody changed.
 * Both go live after a backfill. One that was deleted stays away; one that is no longer built in stays as it is.
 */
export function withBuiltIns(body: CatalogBody, builtIns: readonly SegmentDefinition[], at: number): CatalogBody {
  return builtIns.reduce((next, definition) => {
    const { id } = definition;
    const entry = find(next, id);
    const builtIn = ruleHash(definition);
    if (entry === undefined) {
      return next.deletedBuiltIns.includes(id)
        ? next
        : withSegment(next, { ...newSegment(next, definition, at), builtIn });
    }
    const isUntouched = entry.builtIn === ruleHash(latestOf(entry));
    return isUntouched ? withSegment(next, { ...revised(entry, definition, at), builtIn }) : next;
  }, body);
}

/** The same segments, each as a new version: what has come of them so far is made up for by a backfill. */
export const renewed = (body: CatalogBody): CatalogBody => ({
  ...body,
  entries: body.entries.map((entry) => {
    const latest = latestOf(entry);
    return { ...entry, pending: { ...latest, version: latest.version + 1 } };
  }),
});
