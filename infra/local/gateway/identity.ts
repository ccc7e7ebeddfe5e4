import { AwsError } from '../services/errors.ts';

export interface Identity {
  readonly caller: string;
  readonly service: string;
}

const credential = /Credential=([^/,\s]+)\/[^/]*\/[^/]*\/([^/]+)\/aws4_request/;

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
