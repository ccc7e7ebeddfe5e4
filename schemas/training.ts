/** What the trainer is told, asked and answers. Plain types, for the function and for the command that calls it. */
import { type Variable, VariableError } from './variable.ts';

/** Shares of a score that a stage fixes; they add up to 1. */
export interface FixedBlend {
  readonly collaborative: number;
  readonly content: number;
  readonly popularity: number;
}

/** Settings of a stage that training heeds. */
export interface TrainingSettings {
  /** How much less a version may be worth than the one before, relative to that, and still be published. */
  readonly tolerance: number;
  readonly tuningSeconds: number;
  /** How neighbours are found. @default 'together' */
  readonly method?: 'together' | 'ease';
  /** Absent: the trainer weighs it. */
  readonly blend?: FixedBlend;
}

/** Settings as JSON. */
export const trainingSettings = (description: string): Variable<TrainingSettings> => ({
  description,
  read: (given) => {
    let settings: Partial<TrainingSettings> | null;
    try {
      settings = JSON.parse(given);
    } catch {
      throw new VariableError('is no JSON');
    }
    const { tolerance, tuningSeconds, method, blend } = settings ?? {};
    if (typeof tolerance !== 'number' || typeof tuningSeconds !== 'number') {
      throw new VariableError('lacks the number tolerance or tuningSeconds');
    }
    if (method !== undefined && method !== 'together' && method !== 'ease') {
      throw new VariableError(`has the method ${method}, which is neither together nor ease`);
    }
    return { tolerance, tuningSeconds, ...(method && { method }), ...(blend && { blend }) };
  },
});

/**
 * To begin a training or join the one under way; to go on with it for a while; what the schedule asks. Any other event is
 * the clock's: it goes on where nobody else does.
 */
export type TrainingCall =
  | { readonly start: true }
  | { readonly work: { readonly forMs: number } }
  | { readonly nightly: true };

/** Quality of lists, 0 to 1; novelty in bits. Of a training: on its validation split, at rank 20. */
export interface Quality {
  readonly recall: number;
  readonly ndcg: number;
  readonly hitRate: number;
  readonly map: number;
  readonly coverage: number;
  readonly novelty: number;
}

/** How a training stands. */
export interface TrainingView {
  readonly version: string;
  /** `nothing`: there were no interactions. `refused`: worse than what is served, which goes on. */
  readonly state: 'running' | 'published' | 'refused' | 'nothing' | 'failed';
  /** What it does. */
  readonly label: string;
  /** How far it is with that, from 0 to 1. */
  readonly part: number;
  /** Why it is not served, and how to mend it. */
  readonly reason?: string;
  /** The version that was served before. */
  readonly before?: string;
  readonly trained?: {
    readonly parameters: {
      readonly exponents: { readonly a: number; readonly b: number; readonly c: number };
      readonly blend: FixedBlend;
      readonly history: { readonly items: number; readonly orderDecay: number };
      readonly neighbours: number;
      /** Present where neighbours are those of EASE. */
      readonly ease?: { readonly lambda: number };
    };
    /** People by whom quality was measured; 0 for none. */
    readonly validated: number;
    readonly quality: Quality;
    readonly baseline: {
      readonly popularity: Quality;
      readonly cosine: Quality;
      readonly untuned: Quality;
    };
    readonly items: number;
    readonly people: number;
    readonly interactions: number;
    /** What is not as the settings want it. */
    readonly note?: string;
  };
}

export interface TrainingAnswer {
  /** The latest; undefined when there never was any. */
  readonly training?: TrainingView;
}
