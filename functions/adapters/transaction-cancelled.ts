import type { Item } from './dynamodb.ts';
import { ServiceError } from './signed-http.ts';

/** Why an action did not happen, in the order of the actions: `None` for one that was not to blame. */
export interface CancellationReason {
  readonly Code?: string;
  readonly Message?: string;
  /** The item as it is, if its action asked for it by `ReturnValuesOnConditionCheckFailure`. */
  readonly Item?: Item;
}

/** Nothing of a transaction was done. */
export class TransactionCancelled extends ServiceError {
  readonly reasons: readonly CancellationReason[];

  constructor(status: number, message: string, reasons: readonly CancellationReason[]) {
    super(CANCELLED, status, message);
    this.reasons = reasons;
  }

  override get mayPass(): boolean {
    const codes = this.reasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
    return super.mayPass || (codes.length > 0 && codes.every((code) => passing.has(code)));
  }
}

const CANCELLED = 'TransactionCanceledException';
const passing = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** An error of DynamoDB with the reasons that its body gives, if it has any. */
export function cancelledTransaction(error: ServiceError, body: Readonly<Record<string, unknown>>): ServiceError {
  if (error.name !== CANCELLED || !Array.isArray(body.CancellationReasons)) return error;
  return new TransactionCancelled(error.status, error.message, body.CancellationReasons);
}

/** Whether the condition of an action does not hold: to send the same again is of no use. */
export const isCancelledByCondition = (error: unknown): boolean =>
  error instanceof TransactionCancelled && error.reasons.some(({ Code }) => Code === 'ConditionalCheckFailed');
