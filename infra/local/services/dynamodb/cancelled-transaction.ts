import type { EmulatorError } from '../level-emulator.ts';
import type { StoredItem } from './drafting.ts';

/** Why an action was not done; `None` where it was not to blame. */
export interface CancellationReason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: StoredItem;
}

/** What DynamoDB answers for a transaction of which nothing was done. */
export function cancellation(CancellationReasons: readonly CancellationReason[]) {
  const codes = CancellationReasons.map(({ Code }) => Code).join(', ');
  return {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    CancellationReasons,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
  };
}

export function cancelled(reasons: readonly CancellationReason[]): EmulatorError {
  const body = cancellation(reasons);
  return Object.assign(new Error(body.Message), { statusCode: 400, body });
}

/** The reason that an action's own refusal is. Undefined for one that is about the whole. */
export function reasonOf({ body, message }: EmulatorError): Omit<CancellationReason, 'Item'> | undefined {
  const { __type = '', message: Message = message } = (body ?? {}) as { __type?: string; message?: string };
  if (__type.endsWith('#ConditionalCheckFailedException')) return { Code: 'ConditionalCheckFailed', Message };
  if (__type.endsWith('#ValidationException')) return { Code: 'ValidationError', Message };
  return undefined;
}
