export type LogLevel = 'info' | 'warn' | 'error';

/** What a log line may hold: codes, counts, times and ids of requests and records; never what a person sent. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes one line of JSON to standard output, where Lambda's log group takes it from. */
export function log(level: LogLevel, message: string, fields: LogFields = {}): void {
  process.stdout.write(`${JSON.stringify({ level, message, ...fields })}\n`);
}

/**
 * Name and place of an error, without its message: parsers and SDKs quote values in theirs, and those may be personal.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const stack = error.stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, stack: stack?.slice(0, 10).join('\n') };
}
