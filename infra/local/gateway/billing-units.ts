/** What AWS counts, in the unit that it counts in: bytes and requests unscaled, so that prices say per how many. */
export type BillingUnit =
  | 'dynamodbWriteUnits'
  | 'dynamodbReadUnits'
  | 'kinesisPutUnits'
  | 'kinesisBytesIn'
  | 'kinesisBytesOut'
  | 's3WriteRequests'
  | 's3ReadRequests'
  | 'sqsRequests'
  | 'sqsFifoRequests'
  | 'athenaBytes'
  | 'lambdaRequests'
  | 'lambdaGbSeconds'
  | 'httpApiRequests'
  | 'logBytes';

/** What one call is charged for. */
export interface Charge {
  /** Table, stream, bucket, queue, workgroup or function; '' where there is none. */
  readonly resource: string;
  readonly unit: BillingUnit;
  readonly quantity: number;
}

/** Units by who called what, on what. */
export interface UsageLine {
  /** Logical id of the calling function, or `tool`. */
  readonly caller: string;
  readonly operation: string;
  readonly resource: string;
  readonly unit: BillingUnit;
  readonly quantity: number;
}

/** A sum of charges that goes on. */
export interface UsageBook {
  add(caller: string, operation: string, charge: Charge): void;
  /** The lines so far. */
  lines(): readonly UsageLine[];
}

export function usageBook(): UsageBook {
  const book = new Map<string, UsageLine>();
  return {
    add: (caller, operation, { resource, unit, quantity }) => {
      if (quantity === 0) return;
      const key = `${caller} ${operation} ${resource} ${unit}`;
      const before = book.get(key)?.quantity ?? 0;
      book.set(key, { caller, operation, resource, unit, quantity: before + quantity });
    },
    lines: () => [...book.values()],
  };
}

export const KB = 1024;

/** How many chunks of a size some bytes take: one at least. */
export const chunksOf = (bytes: number, chunk: number): number => Math.max(1, Math.ceil(bytes / chunk));
