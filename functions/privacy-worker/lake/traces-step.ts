import { personsOf } from '../../../schemas/lake/persons.ts';
import { People } from '../../../shared/lake/erasing/people.ts';
import type { NotesStore } from './notes-store.ts';
import { lookInto, planOf, type SoughtRows } from './rewrite-files.ts';
import type { LakeErasureState, LakeReach, PlannedFile } from './types.ts';

/** Tables whose rows are told by what other tables lost: there are few of them. */
const toldByOthers = (table: string): boolean => {
  const by = personsOf(table)?.by;
  return by === 'places' || by === 'ids';
};

export async function tracesOf(
  notes: NotesStore,
  { id, people }: LakeErasureState,
  rules: LakeReach['identity'],
): Promise<SoughtRows> {
  return { people: new People(people, rules), traces: await notes.read(id) };
}

/** Plans the files of those tables. */
export async function planTraces(reach: LakeReach, sought: SoughtRows): Promise<PlannedFile[]> {
  const planned: PlannedFile[] = [];
  for (const { name } of reach.allTables.filter((table) => toldByOthers(table.name))) {
    for (const { key } of await reach.files.list(`${name}/`)) {
      const found = await lookInto(reach, key, sought);
      const plan = found && planOf(found);
      if (plan !== undefined) planned.push(plan);
    }
  }
  return planned;
}
