import { AwsError } from '../errors.ts';

/** What a receipt handle says: which message, and which of its receivers. */
export interface Receipt {
  readonly position: number;
  readonly secret: string;
}

export function handleOf({ position, secret }: Receipt): string {
  return Buffer.from(`${position} ${secret}`).toString('base64url');
}

/** Throws `ReceiptHandleIsInvalid` for a handle that no queue gave out. */
export function receiptOf(handle: string): Receipt {
  const [, position, secret = ''] = /^(\d+) ([0-9a-f-]{36})$/.exec(Buffer.from(handle, 'base64url').toString()) ?? [];
  if (position !== undefined) return { position: Number(position), secret };
  throw new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
}
