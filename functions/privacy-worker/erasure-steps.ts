import { KeySteps } from './key-steps.ts';
import type { Consumer, ErasurePass, ErasureProgress, ErasureStep, Step } from './pass.ts';
import { ProfileSteps } from './profile-steps.ts';
import type { Reach } from './reach.ts';
import { ReceiptSteps } from './receipt-steps.ts';
import { StoreSteps } from './store-steps.ts';
import { StreamWord } from './stream-word.ts';

const everybody: readonly Consumer[] = ['profiles', 'lake', 'audience'];

/** Does the step that an erasure is at; each may be done again, with the same effect. Throws what its services throw. */
export class ErasureSteps {
  readonly #word: StreamWord;
  readonly #keys: KeySteps;
  readonly #profiles: ProfileSteps;
  readonly #stores: StoreSteps;
  readonly #receipts: ReceiptSteps;

  constructor(reach: Reach) {
    this.#word = new StreamWord(reach);
    this.#keys = new KeySteps(reach, this.#word);
    this.#profiles = new ProfileSteps(reach, this.#word);
    this.#stores = new StoreSteps(reach);
    this.#receipts = new ReceiptSteps(reach);
  }

  async advance(pass: ErasurePass): Promise<ErasureProgress> {
    const { step } = pass;
    switch (step.name) {
      case 'find':
        return await this.#keys.find(pass, step);
      case 'note':
        return await this.#keys.note(pass);
      case 'settle':
        return await this.#passed(pass, step, { name: 'find', isSettled: true });
      case 'count':
        return await this.#profiles.count(pass);
      case 'tell':
        return await this.#profiles.tell(pass);
      case 'hear':
        return await this.#profiles.hear(pass, step);
      case 'land':
        return await this.#passed(pass, step, { name: 'look', round: step.round, found: 0 });
      case 'look':
        return await this.#profiles.look(pass, step);
      case 'due':
        return await this.#stores.due(pass, step);
      case 'audience':
        return await this.#stores.audience(pass, step);
      case 'reports':
        return await this.#stores.reports(pass, step);
      case 'setAside':
        return await this.#stores.setAside(pass, step);
      case 'lake':
        return await this.#stores.lake(pass, step);
      case 'verify':
        return await this.#receipts.verify(pass);
      case 'receipt':
        return await this.#receipts.receipt(pass, step);
    }
  }

  async #passed(pass: ErasurePass, step: Step<'settle' | 'land'>, next: ErasureStep): Promise<ErasureProgress> {
    const isPassed = await this.#word.isPassed(step.barrier, everybody);
    return isPassed ? { ...pass, step: next } : await this.#word.goOnWaiting(pass, step);
  }
}
