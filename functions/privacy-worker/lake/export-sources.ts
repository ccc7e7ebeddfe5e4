import type { Column } from '../../../schemas/lake/column.ts';
import { type NamesPeople, namesPeople } from '../../../schemas/lake/persons.ts';
import { identitiesLanded, visitPartsSealed } from '../../../schemas/lake/tables.ts';
import { lakeViews } from '../../../schemas/lake/views.ts';

/** Rows of people that an archive shows under a name. */
export interface ExportSource {
  readonly name: string;
  /** A view, or a query in brackets. */
  readonly from: string;
  readonly columns: readonly Column[];
  readonly names: NamesPeople;
  /** Tables whose days are asked for, some at a time; none for what is asked for at once. */
  readonly daysOf: readonly string[];
}

const ofView = (view: string, relation: string, isDaily = true): ExportSource => {
  const { columns } = lakeViews.find(({ name }) => name === view) ?? { columns: [] };
  const daysOf = isDaily ? [`${relation}_landed`, `${relation}_sealed`] : [];
  return { name: view, from: view, columns, names: namesPeople[relation] as NamesPeople, daysOf };
};

const named = (columns: readonly Column[]) => columns.map(({ name }) => name).join(', ');

/** What an archive shows of the lake, in its order: views, which show each row once; and what is only in tables. */
export const exportSources: readonly ExportSource[] = [
  ofView('events', 'events'),
  ofView('raw', 'raw'),
  ofView('failed_events', 'failed_events'),
  ofView('transitions', 'transitions'),
  ofView('recommendations', 'recommendations'),
  ofView('profiles', 'profile_snapshots', false),
  {
    name: 'identities',
    from: `(SELECT ${named(identitiesLanded.columns)} FROM identities_landed UNION SELECT ${named(identitiesLanded.columns)} FROM identities_sealed)`,
    columns: identitiesLanded.columns,
    names: namesPeople.identities as NamesPeople,
    daysOf: [],
  },
  {
    name: 'visit_parts',
    from: visitPartsSealed.name,
    columns: visitPartsSealed.columns,
    names: namesPeople.visit_parts as NamesPeople,
    daysOf: [visitPartsSealed.name],
  },
];
