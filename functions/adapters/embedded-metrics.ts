export interface EmbeddedMetrics {
  readonly namespace: string;
  readonly metrics: Readonly<Record<string, number>>;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** What else the line says, for whoever reads the log. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * A log line that CloudWatch makes metrics of (its Embedded Metric Format), each with the function's stack as namespace and
 * no dimension: so that no call, and no permission, is needed.
 */
export function embeddedMetrics({ namespace, metrics, time, fields = {} }: EmbeddedMetrics): string {
  const Metrics = Object.keys(metrics).map((Name) => ({ Name }));
  const about = { Timestamp: time, CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics }] };
  return `${JSON.stringify({ ...fields, ...metrics, _aws: about })}\n`;
}
