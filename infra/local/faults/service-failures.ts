/** An error as a service answers it. */
export interface ServiceFailure {
  readonly code: string;
  readonly status: number;
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

const usual: Failures = {
  throttles: [refused('ThrottlingException')],
  errors: [{ code: 'InternalFailure', status: 500 }],
};

export const throttlesOf = (service: string): readonly ServiceFailure[] => (failures[service] ?? usual).throttles;
export const errorsOf = (service: string): readonly ServiceFailure[] => (failures[service] ?? usual).errors;
