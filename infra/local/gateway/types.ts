/** One AWS API call as it passes the gateway. */
export interface AwsCall {
  /** Signing name of the service, as in the SigV4 credential scope: `kinesis`, `dynamodb`, `s3`, `athena`, `sqs`, `lambda`. */
  readonly service: string;
  /** API operation, for example `PutRecords` or `GetObject`. */
  readonly operation: string;
  /** Logical id of the calling function, or `tool` for the runtime's own commands. */
  readonly caller: string;
  readonly method: string;
  /** Path with query string, undecoded. */
  readonly url: string;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The caller sees none of it: the connection is cut instead. */
  readonly hangsUp?: true;
}

/** An AWS service that runs in this process. */
export interface LocalService {
  readonly name: string;
  /** Names the operation of a REST request; a service without it is a JSON one, named by `X-Amz-Target`. */
  operationOf?(request: Pick<AwsCall, 'method' | 'url' | 'headers'>): string;
  handle(call: AwsCall): Promise<AwsAnswer>;
  close(): Promise<void>;
}

/** Calls and bytes by caller, service and operation since the runtime started. */
export interface CallCount {
  readonly caller: string;
  readonly service: string;
  readonly operation: string;
  calls: number;
  errors: number;
  bytesIn: number;
  bytesOut: number;
}

/** The one address that every SDK call passes. */
export interface Gateway {
  /** `http://127.0.0.1:<port>`, the value of AWS_ENDPOINT_URL. */
  readonly url: string;
  readonly counts: () => readonly CallCount[];
  /**
   * Makes a JSON-protocol call in process, by the same way as an SDK call over HTTP.
   * Throws `AwsError` with the service's error code as `name` when the answer is not 2xx.
   */
  invoke<Output>(caller: string, service: string, operation: string, input: object): Promise<Output>;
  close(): Promise<void>;
}
