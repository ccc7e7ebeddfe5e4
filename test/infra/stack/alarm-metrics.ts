import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Resource, resourcesOf, type TemplateJson, target } from './synthesized.ts';

const functionsFolder = new URL('../../../functions/', import.meta.url).pathname;
let printedNames: Set<string> | undefined;

/** Names of the metrics that functions print. */
function printedMetrics(): Set<string> {
  if (printedNames !== undefined) return printedNames;
  const files = readdirSync(functionsFolder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts = files.map((file) => readFileSync(join(functionsFolder, file), 'utf8'));
  const prints = texts.filter((text) => /embeddedMetrics|CloudWatchMetrics/.test(text));
  printedNames = new Set(prints.flatMap((text) => [...text.matchAll(/\b([A-Z]\w+)\b/g)].map(([name]) => name)));
  return printedNames;
}

/** Metrics that the services of the stack count by themselves, as far as alarms use them. */
const counted: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['4xx', '5xx', 'Count', 'Latency'],
  'AWS/Kinesis': ['WriteProvisionedThroughputExceeded'],
  'AWS/Lambda': ['DroppedEventCount', 'Errors', 'FailedInvokeEventCount', 'Invocations', 'IteratorAge'].concat(
    'OnFailureDestinationDeliveredEventCount',
    'Throttles',
    'Duration',
  ),
};

interface AlarmMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Value: object | string }[];
}

/** The metrics that an alarm looks at, also those within an expression. */
export const metricsOf = ({ Properties }: Resource): AlarmMetric[] =>
  Properties.Metrics === undefined
    ? [Properties]
    : Properties.Metrics.flatMap(
        ({ MetricStat }: { MetricStat?: { Metric: AlarmMetric } }) => MetricStat?.Metric ?? [],
      );

/** Whether something of the stack prints it, or a service counts it for something of the stack. */
export const isAlive = ({ Namespace, MetricName, Dimensions = [] }: AlarmMetric, template: TemplateJson): boolean => {
  if (Namespace.startsWith('AWS/')) {
    const ofTheStack = Dimensions.every(
      ({ Value }) => typeof Value === 'object' && target(Value) in template.Resources,
    );
    return Dimensions.length > 0 && ofTheStack && (counted[Namespace] ?? []).includes(MetricName);
  }
  const filtered = resourcesOf(template, 'AWS::Logs::MetricFilter').some(([, { Properties }]) =>
    Properties.MetricTransformations.some(
      (made: { MetricNamespace: string; MetricName: string }) =>
        made.MetricNamespace === Namespace && made.MetricName === MetricName,
    ),
  );
  const printed = resourcesOf(template, 'AWS::Lambda::Function').some(
    ([, { Properties }]) => Properties.Environment?.Variables?.METRICS_NAMESPACE === Namespace,
  );
  return Dimensions.length === 0 && (filtered || (printed && printedMetrics().has(MetricName)));
};
