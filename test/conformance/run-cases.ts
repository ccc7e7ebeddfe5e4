import { type Case, isMissing } from './case.ts';
import type { Target } from './target.ts';

export interface Outcome {
  readonly case: Case;
  /** `cannot`: the endpoint has no such operation. */
  readonly result: 'holds' | 'fails' | 'cannot';
  readonly reason?: string;
  readonly milliseconds: number;
}

/** Tries one rule. Never rejects. */
export async function tryCase(each: Case, target: Target): Promise<Outcome> {
  const from = performance.now();
  const ended = () => Math.round(performance.now() - from);
  try {
    await each.run(target);
    return { case: each, result: 'holds', milliseconds: ended() };
  } catch (error) {
    const { name, message } = error as Error;
    const result = isMissing(error) ? 'cannot' : 'fails';
    const reason = `${name}: ${message}`.split('\n').slice(0, 12).join(' ').trim();
    return { case: each, result, reason, milliseconds: ended() };
  }
}
