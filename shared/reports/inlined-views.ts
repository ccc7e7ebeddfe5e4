import { relationsOf } from './sql-words.ts';

/** SQL of each view of the lake by its name. */
export type ViewTexts = Readonly<Record<string, string>>;

/** What a report puts in the place of views of the lake; all that is made of these has to be inlined above them. */
const shadowed: ReadonlySet<string> = new Set(['events', 'visit_parts', 'raw', 'reporting', 'calendar']);

export interface InlinedViews {
  /** Shadowed ones that are read, directly or by a view. */
  readonly shadowed: ReadonlySet<string>;
  /** Views to inline, each after those that it reads. */
  readonly names: readonly string[];
}

/** The views that a query reads and that are made of shadowed ones; the others may stay what the catalog says. */
export function inlinedViews(sql: string, views: ViewTexts): InlinedViews {
  const names: string[] = [];
  const read = new Set<string>();
  const isInlined = new Map<string, boolean>();

  const visit = (name: string): boolean => {
    if (shadowed.has(name)) {
      read.add(name);
      return true;
    }
    const known = isInlined.get(name);
    if (known !== undefined || !Object.hasOwn(views, name)) return known ?? false;
    // A view may have a subquery of its own name inside: that is not the view.
    isInlined.set(name, false);
    const inlined = [...relationsOf(views[name] ?? '')].map(visit).includes(true);
    isInlined.set(name, inlined);
    if (inlined) names.push(name);
    return inlined;
  };
  for (const name of relationsOf(sql)) visit(name);
  return { shadowed: read, names };
}
