import { AwsError } from '../services/errors.ts';

export interface Identity {
  readonly caller: string;
  readonly service: string;
}

const credential = /Credential=([^/,\s]+)\/[^/]*\/[^/]*\/([^/]+)\/aws4_request/;

/** A link that is good without a key: signed in its query, by somebody else, for a while. */
export interface PresignedRequest {
  readonly method: string;
  readonly url: string;
}

/** The access key id by which a function, or the runtime's own commands (`tool`), are known. */
export function accessKeyOf(caller: string): string {
  return caller === 'tool' ? 'HWTOOL' : `HW${caller}`;
}

/**
 * Reads who calls which service from a SigV4 Authorization header. The signature itself isn't checked: the
 * gateway listens on the loopback address only. Throws `AwsError` 403 when the caller isn't one of ours.
 */
export function identify(authorization: string | undefined): Identity {
  const match = credential.exec(authorization ?? '');
  if (!match) {
    throw new AwsError(
      'MissingAuthenticationTokenException',
      'Request is missing an AWS SigV4 Authorization header',
      403,
    );
  }
  const [, accessKey = '', service = ''] = match;
  if (!accessKey.startsWith('HW') || accessKey.length === 2) {
    const message = `The access key id ${accessKey} is not known here: use HWTOOL, or a function's own`;
    throw new AwsError(service === 's3' ? 'InvalidAccessKeyId' : 'UnrecognizedClientException', message, 403);
  }
  return { caller: accessKey === 'HWTOOL' ? 'tool' : accessKey.slice(2), service };
}

/**
 * Reads whose permission a presigned link uses from its query, as `identify` reads a header. Undefined for a request that is
 * none. Throws `AwsError` 403 when the link has expired, or is used for anything but reading.
 */
export function identifyLink({ method, url }: PresignedRequest, now: number): Identity | undefined {
  const query = new URLSearchParams(url.split('?', 2)[1]);
  const named = query.get('X-Amz-Credential');
  if (named === null || query.get('X-Amz-Signature') === null) return undefined;
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)T(\d{6})Z$/.exec(query.get('X-Amz-Date') ?? '') ?? [];
  const begun = Date.parse(`${year}-${month}-${day}T${time?.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`);
  if (!(now < begun + Number(query.get('X-Amz-Expires')) * 1_000)) {
    throw new AwsError('AccessDenied', 'Request has expired', 403);
  }
  if (method !== 'GET') throw new AwsError('SignatureDoesNotMatch', 'The link was signed for another method', 403);
  return identify(`Credential=${named}`);
}
