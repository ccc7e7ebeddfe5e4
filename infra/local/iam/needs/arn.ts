import { account, region } from '../../template/types.ts';

/** The ARN of something in this account and region. */
export const arnOf = (service: string, path: string): string => `arn:aws:${service}:${region}:${account}:${path}`;

/** Where a call may name a thing or give its ARN. */
export const namedOrArn = (given: string, service: string, prefix: string): string =>
  given.startsWith('arn:') ? given : arnOf(service, prefix + given);
