import type { AwsAnswer, AwsCall } from '../gateway/types.ts';
import { xml } from './xml.ts';

/** An error as an AWS service tells it: `name` is the service's error code, `status` the HTTP status. */
export class AwsError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = 400) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** A data folder that a service cannot open. The message names the folder and says how to mend it. */
export class DataFolderError extends Error {
  override name = 'DataFolderError';
}

/** Puts an error into the words of the protocol that the called service speaks. */
export function errorAnswer(call: Pick<AwsCall, 'service' | 'url'>, error: AwsError): AwsAnswer {
  if (call.service !== 's3') return jsonAnswer({ __type: error.name, message: error.message }, error.status);
  const body = xml('Error', { Code: error.name, Message: error.message, Resource: call.url.split('?')[0] ?? '/' });
  return { status: error.status, headers: { 'content-type': 'application/xml' }, body };
}

/** An answer of an AWS JSON service. */
export function jsonAnswer(output: object | undefined, status = 200, version = '1.1'): AwsAnswer {
  const body = output === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(output));
  return { status, headers: { 'content-type': `application/x-amz-json-${version}` }, body };
}

/** Reads an AWS error code from an answer's body: `{"__type": "prefix#Code"}`. */
export function errorOf(answer: AwsAnswer): AwsError {
  const text = answer.body.toString();
  try {
    const { __type, message, Message } = JSON.parse(text) as { __type?: string; message?: string; Message?: string };
    return new AwsError(__type?.split('#').at(-1) ?? 'UnknownError', message ?? Message ?? '', answer.status);
  } catch {
    return new AwsError('UnknownError', text, answer.status);
  }
}
