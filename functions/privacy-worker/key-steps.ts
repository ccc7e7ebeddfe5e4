import { findKeys } from './find-keys.ts';
import type { ErasedPerson, ErasurePass, Step } from './pass.ts';
import { joinPeople, requestIdOf } from './people.ts';
import type { Reach } from './reach.ts';
import type { StreamWord } from './stream-word.ts';

/** Finds all keys of the people, and notes in the register that they are erased. */
export class KeySteps {
  readonly #reach: Reach;
  readonly #word: StreamWord;

  constructor(reach: Reach, word: StreamWord) {
    this.#reach = reach;
    this.#word = word;
  }

  /** Until no further key turns up behind a barrier: what came before it was decided without the tombstones. */
  async find(pass: ErasurePass, { isSettled }: Step<'find'>): Promise<ErasurePass> {
    const found = await Promise.all(
      pass.people.map(async (person) => ({ ...person, keys: await findKeys(this.#reach.profiles, person.keys) })),
    );
    const people = joinPeople(found);
    const size = (all: readonly ErasedPerson[]) => all.reduce((sum, { keys }) => sum + keys.length, 0);
    const isSame = people.length === pass.people.length && size(people) === size(pass.people);
    return { ...pass, people, step: isSettled && isSame ? { name: 'count' } : { name: 'note' } };
  }

  /** While an erasure is under way nothing of the person is taken, whatever is to be taken afterwards. */
  async note(pass: ErasurePass): Promise<ErasurePass> {
    for (const person of pass.people) {
      const tombstone = { requestId: requestIdOf(person), at: pass.startedAt, suppress: true };
      await this.#reach.register.erase(person.keys, tombstone);
    }
    return await this.#word.withBarrier(pass, (barrier) => ({ name: 'settle', barrier }));
  }
}
