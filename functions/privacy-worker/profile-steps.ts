import type { ControlRecord } from '../../schemas/stream/control.ts';
import type { TablePage } from '../adapters/table-walk.ts';
import type { ErasedPerson, ErasurePass, ErasureProgress, Step } from './pass.ts';
import { withRemoved } from './people.ts';
import type { Reach } from './reach.ts';
import { type StreamWord, wordTo } from './stream-word.ts';
import { lookAtProfiles, plannedOf } from './table-steps.ts';

/** Looks at all profiles before an erasure gives up for now: whoever names the person each time is written in between. */
const MAX_ROUNDS = 5;

/** Has the profile-updater empty the profiles of people, and make others forget them. */
export class ProfileSteps {
  readonly #reach: Reach;
  readonly #word: StreamWord;

  constructor(reach: Reach, word: StreamWord) {
    this.#reach = reach;
    this.#word = word;
  }

  async count(pass: ErasurePass): Promise<ErasurePass> {
    const items = await Promise.all(pass.people.map(({ keys }) => this.#reach.profiles.read(keys)));
    const counts = items.map(({ size }, person) => {
      return [person, { store: 'profiles', what: 'items', count: size }] as const;
    });
    return { ...pass, people: withRemoved(pass.people, counts), step: { name: 'tell' } };
  }

  async tell(pass: ErasurePass): Promise<ErasurePass> {
    const records: ControlRecord[] = [];
    for (const person of pass.people) {
      const items = await this.#reach.profiles.read(person.keys);
      records.push(...person.keys.filter((key) => items.has(key)).map((key) => wordTo(key, person, pass)));
    }
    await this.#word.publish(records);
    return await this.#word.withBarrier(pass, (barrier) => ({ name: 'hear', barrier, round: 0 }));
  }

  /** What the profile-updater has to say of an erasure lies behind the barrier that it has passed, and before the next. */
  async hear(pass: ErasurePass, step: Step<'hear'>): Promise<ErasureProgress> {
    const { barrier, round } = step;
    if (!(await this.#word.isPassed(barrier, ['profiles']))) return await this.#word.goOnWaiting(pass, step);
    return await this.#word.withBarrier(pass, (next) => ({ name: 'land', barrier: next, round }));
  }

  /** Looks through all profiles: for side items, for whoever names the person, and for what should be gone. */
  async look(pass: ErasurePass, step: Step<'look'>): Promise<ErasurePass> {
    const { profilesTable } = this.#reach;
    if (step.planned !== undefined) {
      await profilesTable.remove(step.planned.items);
      const next = { ...pass, people: withRemoved(pass.people, step.planned.counts) };
      return await this.#looked(next, step, step.planned.after);
    }
    const page = await profilesTable.walk(step.after);
    const { plan, told } = lookAtProfiles(page.items, pass.people, pass.startedAt);
    await this.#word.publish(told.map(([place, key]) => wordTo(key, pass.people[place] as ErasedPerson, pass)));
    const found = step.found + told.length;
    if (plan.items.length === 0) return await this.#looked(pass, { ...step, found }, page.after);
    return { ...pass, step: { ...step, found, planned: plannedOf(plan, page) } };
  }

  async #looked(pass: ErasurePass, step: Step<'look'>, after: TablePage['after']): Promise<ErasurePass> {
    const { round, found } = step;
    if (after !== undefined) return { ...pass, step: { name: 'look', round, found, after } };
    if (found === 0) return { ...pass, step: { name: 'due' } };
    if (round === MAX_ROUNDS) {
      this.#reach.log('error', 'Profiles go on naming people who are erased.', { code: 'erasure_unheard', found });
      return { ...pass, step: { name: 'due' } };
    }
    return await this.#word.withBarrier(pass, (barrier) => ({ name: 'hear', barrier, round: round + 1 }));
  }
}
