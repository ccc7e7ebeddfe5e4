import assert from 'node:assert/strict';
import type { Target } from './target.ts';

/** One rule of an AWS service, and a look whether an endpoint keeps it. Rejects when it does not. */
export interface Case {
  /** `service › group › rule`. */
  readonly name: string;
  readonly service: string;
  /** Page of AWS's documentation that states the rule. */
  readonly source: string;
  run(target: Target): Promise<void>;
}

type Checks = Readonly<Record<string, (target: Target) => Promise<unknown>>>;

/** The rules of one page of AWS's documentation. `source`: its address after `https://docs.aws.amazon.com/`. */
export const rules = (service: string, group: string, source: string, checks: Checks): readonly Case[] =>
  Object.entries(checks).map(([rule, check]) => ({
    name: `${service} › ${group} › ${rule}`,
    service,
    source: `https://docs.aws.amazon.com/${source}`,
    run: async (target) => void (await check(target)),
  }));

/** Holds when the call is refused with one of these error codes. Returns the error. */
export async function refused<Refusal = Error>(call: Promise<unknown>, ...codes: readonly string[]): Promise<Refusal> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    if (isMissing(error)) throw error;
    const { name, message } = error as Error;
    assert.ok(codes.includes(name), `It is refused with ${name} (${message}), not with ${codes.join(' or ')}`);
    return error as Refusal;
  }
  assert.fail(`It is not refused with ${codes.join(' or ')} but answered ${JSON.stringify(answer)?.slice(0, 300)}`);
}

const missing = /^(UnknownOperation(Exception)?|NotImplemented(Error|Exception)?|UnsupportedOperation|InvalidAction)$/;

/** Whether an endpoint says that it has no such operation. */
export function isMissing(error: unknown): boolean {
  const { name = '', $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return missing.test(name) || $metadata?.httpStatusCode === 501;
}

/** What an endpoint, or this run, has not got; its cases are told by name. */
export class NotThere extends Error {
  override readonly name = 'NotImplemented';
}

/** Asks again until there is an answer. Throws after `patienceMs`. */
export async function eventually<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false>,
  patienceMs = 90_000,
): Promise<Answer> {
  const latest = Date.now() + patienceMs;
  for (let wait = 5; ; wait = Math.min(wait * 2, 1000)) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    assert.ok(Date.now() < latest, `Not within ${patienceMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}
