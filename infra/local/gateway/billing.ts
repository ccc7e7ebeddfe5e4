import { AwsError, errorAnswer } from '../services/errors.ts';
import { meterDynamoDb } from './billing-dynamodb.ts';
import { athenaMeter, chargesOfKinesis, chargesOfS3, chargesOfSqs } from './billing-requests.ts';
import type { Ask } from './billing-stored-items.ts';
import { type Charge, type UsageBook, usageBook } from './billing-units.ts';
import type { Next, Station } from './stations.ts';
import type { AwsAnswer, AwsCall } from './types.ts';

export interface Billing {
  readonly station: Station;
  readonly book: UsageBook;
}

type Meter = (call: AwsCall, next: Next) => Promise<[AwsAnswer, Charge[]]>;

/**
 * Counts what AWS would charge for each call, by caller, operation and resource. It computes units from requests and item
 * sizes by AWS's documented rules; emulators are asked only for what an answer leaves out.
 */
export function billing(): Billing {
  const book = usageBook();
  const meters = createMeters();
  return {
    book,
    station: async (call, next) => {
      const meter = meters[call.service];
      if (!meter) return next(call);
      const [answer, charges] = await meter(call, answering(next));
      for (const charge of charges) book.add(call.caller, call.operation, charge);
      return answer;
    },
  };
}

/** A refusal that a service throws is an answer, and may be charged. */
function answering(next: Next): Next {
  return (call) =>
    next(call).catch((error: unknown) => {
      if (error instanceof AwsError) return errorAnswer(call, error);
      throw error;
    });
}

function createMeters(): Readonly<Record<string, Meter>> {
  const athena = athenaMeter();
  const after =
    (chargesOf: (call: AwsCall, answer: AwsAnswer) => Charge[]): Meter =>
    async (call, next) => {
      const answer = await next(call);
      return [answer, chargesOf(call, answer)];
    };
  let ask: Ask | undefined;
  return {
    kinesis: after(chargesOfKinesis),
    sqs: after(chargesOfSqs),
    athena: after(athena),
    s3: after((call, { status }) => chargesOfS3(call, status)),
    dynamodb: (call, next) => {
      ask ??= asker(call, next);
      return meterDynamoDb(call, () => next(call), ask);
    },
  };
}

/** Calls the same service as this call, past all that counts. */
function asker(call: AwsCall, next: Next): Ask {
  return async <Output>(operation: string, input: object) => {
    const headers = { ...call.headers, 'x-amz-target': `DynamoDB_20120810.${operation}` };
    const body = Buffer.from(JSON.stringify(input));
    const answer = await next({ ...call, caller: 'tool', operation, headers, body });
    if (answer.status === 200) return JSON.parse(answer.body.toString()) as Output;
    if (answer.status < 500) return undefined;
    throw new AwsError('InternalFailure', `${operation} failed while its price was counted`, 500);
  };
}
