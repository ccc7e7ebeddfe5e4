import type { TablePage } from '../adapters/table-walk.ts';
import type { ErasedPerson, ErasurePass, ErasureProgress, ErasureStep, Step } from './pass.ts';
import { lakePersonOf, requestIdOf, withRemoved } from './people.ts';
import type { ErasedTable, Reach } from './reach.ts';
import { eraseBatch, planBatch, purgeBatches } from './set-aside.ts';
import { audienceIdsOf, dueOf, type Plan, plannedOf, runsOf } from './table-steps.ts';

/** Takes people out of the stores beside the profiles. */
export class StoreSteps {
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  due(pass: ErasurePass, step: Step<'due'>): Promise<ErasurePass> {
    return this.#sweep(pass, step, this.#reach.dueTable, dueOf, { name: 'audience', person: 0 });
  }

  reports(pass: ErasurePass, step: Step<'reports'>): Promise<ErasurePass> {
    return this.#sweep(pass, step, this.#reach.reportsTable, runsOf, { name: 'setAside', after: '' });
  }

  async audience(pass: ErasurePass, { person: place, planned }: Step<'audience'>): Promise<ErasurePass> {
    const { audience } = this.#reach;
    const person = pass.people[place];
    if (person === undefined) return { ...pass, step: { name: 'reports' } };
    if (planned !== undefined) {
      await audience.remove(planned.items);
      const people = withRemoved(pass.people, planned.counts);
      return { ...pass, people, step: { name: 'audience', person: place + 1 } };
    }
    const held = await Promise.all(audienceIdsOf(person).map((ids) => audience.read(...ids)));
    const sum = (what: 'members' | 'transitions') => held.reduce((total, each) => total + each[what], 0);
    const items = held.flatMap((each) => each.items);
    const counts = (['members', 'transitions'] as const).map((what) => {
      return [place, { store: 'audience', what, count: sum(what) }] as const;
    });
    return { ...pass, step: { name: 'audience', person: place, planned: { items, counts } } };
  }

  async setAside(pass: ErasurePass, { after, planned }: Step<'setAside'>): Promise<ErasurePass> {
    const { setAside } = this.#reach;
    if (planned !== undefined) {
      await eraseBatch(setAside, pass.people, planned);
      const people = withRemoved(pass.people, planned.counts);
      return { ...pass, people, step: { name: 'setAside', after: planned.key } };
    }
    const next = await planBatch(setAside, pass.people, after);
    if (next !== undefined) return { ...pass, step: { name: 'setAside', after, planned: next } };
    await purgeBatches(setAside);
    return { ...pass, step: { name: 'lake' } };
  }

  async lake(pass: ErasurePass, { state }: Step<'lake'>): Promise<ErasureProgress> {
    const { lake } = this.#reach;
    if (state === undefined) {
      const people = await Promise.all(
        pass.people.map(async (person) => {
          return { ...lakePersonOf(person), exports: await this.#reach.requests.exportsOf(person.keys) };
        }),
      );
      return { ...pass, step: { name: 'lake', state: lake.begin(people, pass.id) } };
    }
    if (!lake.isDone(state)) {
      const next = await lake.next(state);
      return next === 'wait' ? 'wait' : { ...pass, step: { name: 'lake', state: next } };
    }
    const counts = pass.people.flatMap((person, place) =>
      lake.removed(state, requestIdOf(person)).map((count) => [place, count] as const),
    );
    const { unread } = state;
    return { ...pass, people: withRemoved(pass.people, counts), ...(unread && { unread }), step: { name: 'verify' } };
  }

  /** Goes through a table page by page, and stores what is to go before it goes. */
  async #sweep(
    pass: ErasurePass,
    step: Step<'due' | 'reports'>,
    table: ErasedTable,
    planOf: (items: TablePage['items'], people: readonly ErasedPerson[]) => Plan,
    next: ErasureStep,
  ): Promise<ErasurePass> {
    const { name, planned, after } = step;
    if (planned !== undefined) {
      await table.remove(planned.items);
      const people = withRemoved(pass.people, planned.counts);
      return { ...pass, people, step: planned.after === undefined ? next : { name, after: planned.after } };
    }
    const page = await table.walk(after);
    const plan = planOf(page.items, pass.people);
    if (plan.items.length > 0) return { ...pass, step: { ...step, planned: plannedOf(plan, page) } };
    return { ...pass, step: page.after === undefined ? next : { name, after: page.after } };
  }
}
