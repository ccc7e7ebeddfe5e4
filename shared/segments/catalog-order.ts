import type { CatalogEntry } from './catalog-entry.ts';
import { referencesOf } from './references.ts';

/** Definitions that cannot be evaluated together. The message says which, and how to mend it. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
  readonly code: 'segment_cycle' | 'segment_missing' | 'segment_has_tags';
  /** The segment whose definition is wrong. */
  readonly segmentId: string;

  constructor(code: CatalogError['code'], segmentId: string, message: string) {
    super(message);
    this.code = code;
    this.segmentId = segmentId;
  }
}

/** The entries, each after those that it refers to. Throws `CatalogError`. */
export function inOrder<Entry extends CatalogEntry>(entries: readonly Entry[]): Entry[] {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const ordered: Entry[] = [];
  const done = new Set<string>();
  const open: string[] = [];

  const visit = (entry: Entry): void => {
    if (done.has(entry.id)) return;
    if (open.includes(entry.id)) throw cycleError([...open.slice(open.indexOf(entry.id)), entry.id]);
    open.push(entry.id);
    for (const id of referredBy(entry)) visit(referredEntry(entry.id, byId.get(id), id));
    open.pop();
    done.add(entry.id);
    ordered.push(entry);
  };
  for (const entry of entries) visit(entry);
  return ordered;
}

const referredBy = ({ live, pending }: CatalogEntry): string[] =>
  [live, pending].flatMap((definition) => (definition ? referencesOf(definition).map(({ id }) => id) : []));

function referredEntry<Entry extends CatalogEntry>(from: string, entry: Entry | undefined, id: string): Entry {
  if (entry === undefined) {
    const message = `Segment ${from} refers to ${id}, which does not exist: make that first, or take the condition out.`;
    throw new CatalogError('segment_missing', from, message);
  }
  if ((entry.live ?? entry.pending)?.tags !== undefined) {
    const message = `Segment ${from} refers to ${id}, which tags people and has no members of its own: test its events.`;
    throw new CatalogError('segment_has_tags', from, message);
  }
  return entry;
}

function cycleError(path: readonly string[]): CatalogError {
  const [first = ''] = path;
  const message = `Segments refer to each other in a circle: ${path.join(' → ')}. Take one of these conditions out.`;
  return new CatalogError('segment_cycle', first, message);
}
