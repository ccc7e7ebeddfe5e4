import type { RemainingCopy } from '../../schemas/privacy.ts';
import type { ControlRecord, Key } from '../../schemas/stream/control.ts';
import { isBornSince } from '../../shared/profile/born-since.ts';
import { decodeProfile } from '../../shared/profile/state.ts';
import type { TablePage } from '../adapters/table-walk.ts';
import { completedEntry } from './audit-entries.ts';
import { findKeys } from './find-keys.ts';
import type { Consumer, ErasedPerson, ErasurePass, ErasureStep, PutBarrierState } from './pass.ts';
import { joinPeople, lakePersonOf, requestIdOf, sumOf, withRemoved } from './people.ts';
import type { ErasedTable, Reach } from './reach.ts';
import { eraseBatch, planBatch, purgeBatches } from './set-aside.ts';
import { audienceIdsOf, dueOf, lookAtProfiles, type Plan, runsOf } from './table-steps.ts';

/** How a step ended: with the pass as it goes on, not yet, or with nothing left to do. */
export type Progress = ErasurePass | 'wait' | 'over';
type Step<N extends ErasureStep['name']> = Extract<ErasureStep, { name: N }>;

const PUBLISH_MS = 10_000;
/** Longer than consumers usually lag behind. */
const PATIENCE_MS = 1_800_000;
/** Looks at all profiles before an erasure gives up for now: whoever names the person each time is written in between. */
const MAX_ROUNDS = 5;
/** How long tables can be brought back to any second, in days. */
const BACKUP_DAYS = 35;
/** How long transitions wait for whoever takes them, in days. */
const QUEUE_DAYS = 4;
const everybody: readonly Consumer[] = ['profiles', 'lake', 'audience'];

/** Does the step that an erasure is at; each may be done again, with the same effect. Throws what its services throw. */
export class ErasureSteps {
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  async advance(pass: ErasurePass): Promise<Progress> {
    const { step } = pass;
    switch (step.name) {
      case 'find':
        return await this.#find(pass, step);
      case 'note':
        return await this.#note(pass);
      case 'settle':
        if (!(await this.#isPassed(step.barrier, everybody))) return await this.#goOnWaiting(pass, step);
        return { ...pass, step: { name: 'find', isSettled: true } };
      case 'count':
        return await this.#count(pass);
      case 'tell':
        return await this.#tell(pass);
      case 'hear':
        return await this.#hear(pass, step);
      case 'land':
        if (!(await this.#isPassed(step.barrier, everybody))) return await this.#goOnWaiting(pass, step);
        return { ...pass, step: { name: 'look', round: step.round, found: 0 } };
      case 'look':
        return await this.#look(pass, step);
      case 'due':
        return await this.#sweep(pass, step, this.#reach.dueTable, dueOf, { name: 'audience', person: 0 });
      case 'audience':
        return await this.#audience(pass, step);
      case 'reports':
        return await this.#sweep(pass, step, this.#reach.reportsTable, runsOf, { name: 'setAside', after: '' });
      case 'setAside':
        return await this.#setAside(pass, step);
      case 'lake':
        return await this.#lake(pass, step);
      case 'verify':
        return await this.#verify(pass);
      case 'receipt':
        return await this.#receipt(pass, step);
    }
  }

  /** Until no further key turns up behind a barrier: what came before it was decided without the tombstones. */
  async #find(pass: ErasurePass, { isSettled }: Step<'find'>): Promise<ErasurePass> {
    const found = await Promise.all(
      pass.people.map(async (person) => ({ ...person, keys: await findKeys(this.#reach.profiles, person.keys) })),
    );
    const people = joinPeople(found);
    const size = (all: readonly ErasedPerson[]) => all.reduce((sum, { keys }) => sum + keys.length, 0);
    const isSame = people.length === pass.people.length && size(people) === size(pass.people);
    return { ...pass, people, step: isSettled && isSame ? { name: 'count' } : { name: 'note' } };
  }

  /** While an erasure is under way nothing of the person is taken, whatever is to be taken afterwards. */
  async #note(pass: ErasurePass): Promise<ErasurePass> {
    for (const person of pass.people) {
      const tombstone = { requestId: requestIdOf(person), at: pass.startedAt, suppress: true };
      await this.#reach.register.erase(person.keys, tombstone);
    }
    return await this.#withBarrier(pass, (barrier) => ({ name: 'settle', barrier }));
  }

  async #count(pass: ErasurePass): Promise<ErasurePass> {
    const items = await Promise.all(pass.people.map(({ keys }) => this.#reach.profiles.read(keys)));
    const counts = items.map(({ size }, person) => {
      return [person, { store: 'profiles', what: 'items', count: size }] as const;
    });
    return { ...pass, people: withRemoved(pass.people, counts), step: { name: 'tell' } };
  }

  async #tell(pass: ErasurePass): Promise<ErasurePass> {
    const records: ControlRecord[] = [];
    for (const person of pass.people) {
      const items = await this.#reach.profiles.read(person.keys);
      records.push(...person.keys.filter((key) => items.has(key)).map((key) => wordTo(key, person, pass)));
    }
    await this.#publish(records);
    return await this.#withBarrier(pass, (barrier) => ({ name: 'hear', barrier, round: 0 }));
  }

  /** What the profile-updater has to say of an erasure lies behind the barrier that it has passed, and before the next. */
  async #hear(pass: ErasurePass, step: Step<'hear'>): Promise<Progress> {
    const { barrier, round } = step;
    if (!(await this.#isPassed(barrier, ['profiles']))) return await this.#goOnWaiting(pass, step);
    return await this.#withBarrier(pass, (next) => ({ name: 'land', barrier: next, round }));
  }

  /** Looks through all profiles: for side items, for whoever names the person, and for what should be gone. */
  async #look(pass: ErasurePass, step: Step<'look'>): Promise<ErasurePass> {
    const { profilesTable } = this.#reach;
    if (step.planned !== undefined) {
      await profilesTable.remove(step.planned.items);
      const next = { ...pass, people: withRemoved(pass.people, step.planned.counts) };
      return await this.#looked(next, step, step.planned.after);
    }
    const page = await profilesTable.walk(step.after);
    const { plan, told } = lookAtProfiles(page.items, pass.people, pass.startedAt);
    await this.#publish(told.map(([place, key]) => wordTo(key, pass.people[place] as ErasedPerson, pass)));
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
    return await this.#withBarrier(pass, (barrier) => ({ name: 'hear', barrier, round: round + 1 }));
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

  async #audience(pass: ErasurePass, { person: place, planned }: Step<'audience'>): Promise<ErasurePass> {
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

  async #setAside(pass: ErasurePass, { after, planned }: Step<'setAside'>): Promise<ErasurePass> {
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

  async #lake(pass: ErasurePass, { state }: Step<'lake'>): Promise<Progress> {
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
    return { ...pass, people: withRemoved(pass.people, counts), step: { name: 'verify' } };
  }

  /** Looks once more where somebody would come from: the lake has done so itself. */
  async #verify(pass: ErasurePass): Promise<ErasurePass> {
    for (const [place, person] of pass.people.entries()) {
      const items = await this.#reach.profiles.read(person.keys);
      const isLeft = [...items.values()].some((item) => {
        const { profile, identity } = decodeProfile(item);
        return !isBornSince(pass.startedAt, profile, identity);
      });
      if (isLeft) return { ...pass, step: { name: 'tell' } };
      const held = await Promise.all(audienceIdsOf(person).map((ids) => this.#reach.audience.read(...ids)));
      if (held.some(({ items: left }) => left.length > 0))
        return { ...pass, step: { name: 'audience', person: place } };
    }
    return { ...pass, step: { name: 'receipt', completedAt: this.#reach.clock() } };
  }

  async #receipt(pass: ErasurePass, { completedAt }: Step<'receipt'>): Promise<'over'> {
    const { requests, register } = this.#reach;
    const open = await requests.open();
    for (const person of pass.people) {
      if (!person.suppress) {
        const tombstone = { requestId: requestIdOf(person), at: completedAt, suppress: false };
        await register.erase(person.keys, tombstone);
      }
      const removed = sumOf(person.removed);
      const receipt = { removed, remaining: removed.length === 0 ? [] : this.#remaining(completedAt) };
      const ended = open.filter(({ id }) => person.requestIds.includes(id));
      if (ended.length > 0) {
        await this.#reach.audit(ended.map((request) => completedEntry(request, person.keys, completedAt, 'done')));
      }
      for (const request of ended) {
        await requests.finish({ ...request, state: 'done', step: 'done', keys: [], completedAt, receipt });
      }
    }
    return 'over';
  }

  #remaining(now: number): RemainingCopy[] {
    const until = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
    return [
      { store: 'event stream', until: until(this.#reach.streamHours) },
      { store: 'transitions queue', until: until(QUEUE_DAYS * 24) },
      { store: 'backups of tables', until: until(BACKUP_DAYS * 24) },
    ];
  }

  async #publish(records: readonly ControlRecord[]): Promise<void> {
    if (records.length > 0) await this.#reach.stream.publish(records, this.#reach.clock() + PUBLISH_MS);
  }

  async #withBarrier(pass: ErasurePass, next: (barrier: PutBarrierState) => ErasureStep): Promise<ErasurePass> {
    const id = `privacy-${pass.id}-${pass.barriers}`;
    const shards = await this.#reach.putBarrier(id);
    return { ...pass, barriers: pass.barriers + 1, step: next({ id, shards, putAt: this.#reach.clock() }) };
  }

  /** A barrier that lay in a batch which was set aside is never passed: after a while another one is put. */
  async #goOnWaiting(pass: ErasurePass, step: Step<'settle' | 'hear' | 'land'>): Promise<Progress> {
    if (this.#reach.clock() - step.barrier.putAt < PATIENCE_MS) return 'wait';
    return await this.#withBarrier(pass, (barrier) => ({ ...step, barrier }));
  }

  async #isPassed({ id, shards }: PutBarrierState, consumers: readonly Consumer[]): Promise<boolean> {
    const passed = await Promise.all(consumers.map((consumer) => this.#reach.passed(consumer, id)));
    return passed.every((own) => shards.every((shard) => own.has(shard)));
  }
}

const wordTo = (key: Key, person: ErasedPerson, { startedAt }: ErasurePass): ControlRecord => ({
  v: 1,
  kind: 'erase',
  key,
  requestId: requestIdOf(person),
  at: startedAt,
  keys: person.keys,
});

const plannedOf = (plan: Plan, { after }: TablePage) => ({ ...plan, ...(after && { after }) });
