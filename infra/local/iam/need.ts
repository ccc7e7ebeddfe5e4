/** Condition keys of a request and their values; names in lower case. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** A permission that a call cannot do without. */
export interface Need {
  /** For example `s3:PutObject`. */
  readonly action: string;
  /** ARN, or `*` where AWS knows none. */
  readonly resource: string;
  /** What the service tells of the request, for conditions. Default: nothing. */
  readonly context?: Context;
}

/** Says why a caller may not have what it needs, in AWS's words; `undefined` when it may. */
export type Refusal = (caller: string, needs: readonly Need[]) => string | undefined;
