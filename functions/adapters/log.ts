export type LogLevel = 'info' | 'warn' | 'error';

/** What a log line may hold: codes, counts, times and ids of requests and records; never what a person sent. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Writes one line of JSON to standard output, where Lambda's log group takes it from, with the fields that Powertools'
 * Logger names so. All lines of an invocation have one `xray_trace_id`.
 */
export function log(level: LogLevel, message: string, fields: LogFields = {}): void {
  const { AWS_LAMBDA_FUNCTION_NAME: service, _X_AMZN_TRACE_ID: trace = '' } = process.env;
  const line = {
    level: level.toUpperCase(),
    message,
    timestamp: new Date().toISOString(),
    service,
    xray_trace_id: /Root=([^;]+)/.exec(trace)?.[1],
    ...fields,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/**
 * Name and place of an error, without its message: parsers and SDKs quote values in theirs, and those may be personal.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const places = error.stack?.replace(error.message, '');
  const stack = places?.split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, stack: stack?.slice(0, 10).join('\n') };
}
