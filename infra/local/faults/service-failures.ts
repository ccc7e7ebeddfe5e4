import type { CancellationReason } from '../services/dynamodb/cancelled-transaction.ts';

/** An error as a service answers it. */
export interface ServiceFailure {
  readonly code: string;
  readonly status: number;
  /** Why one item of a transaction cancelled it. */
  readonly reason?: CancellationReason;
}

interface Failures {
  readonly throttles: readonly ServiceFailure[];
  readonly errors: readonly ServiceFailure[];
}

const refused = (code: string): ServiceFailure => ({ code, status: 400 });

/** The codes that each service's API reference names ("Common errors" and those of its operations). */
const failures: Readonly<Record<string, Failures>> = {
  dynamodb: {
    throttles: [
      refused('ProvisionedThroughputExceededException'),
      refused('ThrottlingException'),
      refused('RequestLimitExceeded'),
    ],
    errors: [
      { code: 'InternalServerError', status: 500 },
      { code: 'ServiceUnavailable', status: 503 },
    ],
  },
  kinesis: {
    throttles: [refused('ProvisionedThroughputExceededException'), refused('KMSThrottlingException')],
    errors: [
      { code: 'InternalFailure', status: 500 },
      { code: 'ServiceUnavailable', status: 503 },
    ],
  },
  s3: {
    throttles: [{ code: 'SlowDown', status: 503 }],
    errors: [
      { code: 'InternalError', status: 500 },
      { code: 'ServiceUnavailable', status: 503 },
    ],
  },
  sqs: {
    throttles: [refused('RequestThrottled'), refused('ThrottlingException')],
    errors: [
      { code: 'InternalFailure', status: 500 },
      { code: 'ServiceUnavailable', status: 503 },
    ],
  },
  lambda: {
    throttles: [{ code: 'TooManyRequestsException', status: 429 }],
    errors: [{ code: 'ServiceException', status: 500 }],
  },
  athena: {
    throttles: [refused('TooManyRequestsException'), refused('ThrottlingException')],
    errors: [{ code: 'InternalServerException', status: 500 }],
  },
};

const cancelledFor = (Code: string, Message: string): ServiceFailure => ({
  ...refused('TransactionCanceledException'),
  reason: { Code, Message },
});
const conflict = cancelledFor('TransactionConflict', 'Transaction is ongoing for the item');
const scaling = cancelledFor(
  'ThrottlingError',
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
);
const ongoing = refused('TransactionConflictException');

/** What an operation is refused by beside what its service throttles by: "Transaction conflict handling in DynamoDB". */
const ofOperation: Readonly<Record<string, readonly ServiceFailure[]>> = {
  'dynamodb TransactWriteItems': [conflict, conflict, scaling],
  'dynamodb TransactGetItems': [conflict],
  'dynamodb PutItem': [ongoing],
  'dynamodb UpdateItem': [ongoing],
  'dynamodb DeleteItem': [ongoing],
};

const usual: Failures = {
  throttles: [refused('ThrottlingException')],
  errors: [{ code: 'InternalFailure', status: 500 }],
};

export const throttlesOf = (service: string, operation: string): readonly ServiceFailure[] => [
  ...(failures[service] ?? usual).throttles,
  ...(ofOperation[`${service} ${operation}`] ?? []),
];
export const errorsOf = (service: string): readonly ServiceFailure[] => (failures[service] ?? usual).errors;
