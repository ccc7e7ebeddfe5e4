import { ServiceError, type SignedAnswer, signedHttp } from './signed-http.ts';
import type { PutRecords } from './store-in-order.ts';

/** A Kinesis operation by its name, with its input and output as the service's JSON has them: blobs are base64. */
export type Kinesis = <Output>(operation: string, input: object, signal?: AbortSignal) => Promise<Output>;

/** Kinesis without its client. One attempt a call: resending is decided where a repeated record would matter. */
export function createKinesis(): Kinesis {
  const send = signedHttp('kinesis', { attempts: 1, timeoutMs: 3_000 });
  return <Output>(operation: string, input: object, signal?: AbortSignal) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `Kinesis_20131202.${operation}`,
    };
    const body = Buffer.from(JSON.stringify(input));
    return send({ method: 'POST', path: '/', headers, body, ...(signal && { signal }) }, outputOf<Output>);
  };
}

/** Throws `ServiceError` with the code that the service named. */
function outputOf<Output>({ status, body }: SignedAnswer): Output {
  const text = body.toString('utf8');
  if (status < 300) return JSON.parse(text);
  const { __type = `Http${status}`, message = '' } = errorOf(text);
  throw new ServiceError(__type.slice(__type.lastIndexOf('#') + 1), status, `Kinesis answered ${status}: ${message}`);
}

function errorOf(text: string): { __type?: string; message?: string } {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

interface PutRecordsOutput {
  readonly Records: readonly { readonly SequenceNumber?: string; readonly ErrorCode?: string }[];
}

/** Puts records on a stream; answers the error code of each record by position, undefined where it is stored. */
export function putRecordsTo(streamName: string, kinesis: Kinesis = createKinesis()): PutRecords {
  return async (records, signal) => {
    const { Records = [] } = await kinesis<PutRecordsOutput>(
      'PutRecords',
      {
        StreamName: streamName,
        Records: records.map(({ partitionKey, data }) => ({
          PartitionKey: partitionKey,
          Data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
        })),
      },
      signal,
    );
    return records.map((_, position) => {
      const result = Records[position];
      return result?.SequenceNumber ? undefined : (result?.ErrorCode ?? 'NoResult');
    });
  };
}
