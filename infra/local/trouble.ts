import path from 'node:path';
import type { OnDenied } from './iam/permissions.ts';
import type { Outcome } from './lambda/outcome.ts';

/** What a developer should hear of while a function fails: pollers retry in silence. */
export interface Trouble {
  readonly functionName: string;
  readonly errorType: string;
  readonly errorMessage: string;
  /** Failures since the last report of this function. */
  readonly failures: number;
  readonly logFile: string;
}

/** Watches the outcomes of one function and reports its first failure, then at most one in `pauseMs`. */
export function watchTrouble(
  { functionName, logFile }: Pick<Trouble, 'functionName' | 'logFile'>,
  report: (trouble: Trouble) => void,
  pauseMs = 15_000,
): (outcome: Outcome) => void {
  let failures = 0;
  let reportedAt = Number.NEGATIVE_INFINITY;
  return (outcome) => {
    if (outcome.ok || outcome.error.errorType === 'Runtime.Stopped') return;
    failures += 1;
    if (performance.now() - reportedAt < pauseMs) return;
    const { errorType, errorMessage } = outcome.error;
    report({ functionName, errorType, errorMessage, failures, logFile });
    reportedAt = performance.now();
    failures = 0;
  };
}

/** Reports what functions are denied: each action of a function at once, then at most every `pauseMs`. */
export function deniedTrouble(logs: string, report: (trouble: Trouble) => void, pauseMs = 15_000): OnDenied {
  const reported = new Map<string, { at: number; failures: number }>();
  return ({ action, message }, functionName) => {
    const key = `${functionName} ${action}`;
    const before = reported.get(key) ?? { at: Number.NEGATIVE_INFINITY, failures: 0 };
    const failures = before.failures + 1;
    const isDue = performance.now() - before.at >= pauseMs;
    reported.set(key, isDue ? { at: performance.now(), failures: 0 } : { at: before.at, failures });
    if (!isDue) return;
    const logFile = path.join(logs, `${functionName}.log`);
    report({ functionName, errorType: 'AccessDenied', errorMessage: message, failures, logFile });
  };
}
