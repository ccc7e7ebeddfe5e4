import { streamOf } from '../demo/random.ts';
import { errorsOf, type ServiceFailure, throttlesOf } from './service-failures.ts';

/** What may happen to a call of a function. */
export const faultKinds = {
  throttle: 'refused by the code with which the service throttles',
  error: 'refused by a server error',
  errorAfter: 'done, and answered by a server error',
  timeout: 'held, then cut, and not done',
  lostAnswer: 'done, and the connection cut before the answer',
  late: 'the connection cut, and done when the caller has tried again and gone on',
  slow: 'done after a while',
  partial: 'done in part, and answered so',
} as const;
export type FaultKind = keyof typeof faultKinds;

export type Fault =
  | ({ readonly kind: 'throttle' | 'error' | 'errorAfter' } & ServiceFailure)
  | { readonly kind: 'timeout' | 'slow' | 'late'; readonly ms: number }
  | { readonly kind: 'lostAnswer' }
  /** The seed by which the parts are chosen that are left undone. */
  | { readonly kind: 'partial'; readonly seed: string };

/** One call among those of a function to an operation. */
export interface CallPlace {
  /** Logical id of the function. */
  readonly caller: string;
  readonly service: string;
  readonly operation: string;
  /** 0, 1, 2… by caller, service and operation. */
  readonly nth: number;
}

export interface FaultSettings {
  readonly seed: string;
  /** Share of calls that something happens to, 0 to 1. */
  readonly rate: number;
}

const weights: Readonly<Record<FaultKind, number>> = {
  throttle: 20,
  error: 14,
  errorAfter: 12,
  timeout: 10,
  lostAnswer: 16,
  late: 0,
  slow: 10,
  partial: 0,
};
/** Where something is changed: that is what a call that comes late may harm. */
const LATE_WEIGHT = 24;
export const changesSomething = (operation: string): boolean =>
  /^(Batch|Transact)?(Write|Put|Update|Delete|Send)/.test(operation);
/** Where a service may do a part of what it is asked. */
const PARTIAL_WEIGHT = 40;
const inParts = new Set([
  'kinesis PutRecords',
  'dynamodb BatchWriteItem',
  'dynamodb BatchGetItem',
  'sqs SendMessageBatch',
  'sqs DeleteMessageBatch',
]);

/** Longer than functions wait for an answer. */
const LONGEST_HOLD_MS = 3_300;
/** When the caller has tried again, and gone on. */
const LATE_MS = [500, 5_000] as const;

/**
 * What happens to a call; undefined when nothing does. It depends on the seed and the call's place alone, so that a seed
 * meets a function in the same way whatever else goes on.
 */
export function faultOf(
  { seed, rate }: FaultSettings,
  { caller, service, operation, nth }: CallPlace,
): Fault | undefined {
  const random = streamOf(seed, caller, service, operation, nth);
  if (!random.chance(rate)) return undefined;
  const partial = inParts.has(`${service} ${operation}`) ? PARTIAL_WEIGHT : 0;
  const late = changesSomething(operation) ? LATE_WEIGHT : 0;
  const kind = random.among({ ...weights, late, partial });
  switch (kind) {
    case 'throttle':
      return { kind, ...random.pick(throttlesOf(service, operation)) };
    case 'error':
    case 'errorAfter':
      return { kind, ...random.pick(errorsOf(service)) };
    case 'timeout':
      return { kind, ms: random.chance(0.05) ? LONGEST_HOLD_MS : random.integer(50, 500) };
    case 'slow':
      return { kind, ms: random.integer(20, 400) };
    case 'late':
      return { kind, ms: random.integer(...LATE_MS) };
    case 'lostAnswer':
      return { kind };
    case 'partial':
      return { kind, seed: [seed, caller, service, operation, nth, 'parts'].join('/') };
  }
}
