import { recordsPerBatch } from './batches.ts';
import { dollarsOf } from './prices.ts';
import type { Sample } from './sample.ts';
import { REQUEST_GAP_SECONDS, requestsPerVisit, type Traffic } from './traffic.ts';

/** What a batch costs whatever it holds: its invocation, the lines that Lambda logs for it, the look for new segments. */
const ofBatch = new Set(['Invoke', 'Log', 'GetItem']);
/** What a profile costs that the batch is about. */
const ofProfile = new Set(['BatchGetItem', 'PutItem']);

/**
 * Dollars a month more, or less, when the profile-updater waits so long for a batch: there are fewer batches, and requests of one
 * visit that come in the same window are one write.
 */
export function updaterWindow({ usage, events, stream, resources }: Sample, traffic: Traffic, seconds: number): number {
  const updater = usage.find(({ operation, resource }) => operation === 'PutItem' && /Profiles/.test(resource))?.caller;
  const measured = windowOf(resources, updater);
  const batching = (windowSeconds: number) => ({ windowSeconds, shards: stream.shards, batchSize: 1_000 });
  const fewer = recordsPerBatch(traffic, batching(measured)) / recordsPerBatch(traffic, batching(seconds));
  const merged = (1 - mergedShare(traffic, seconds)) / (1 - mergedShare(traffic, measured));
  const ownLines = usage.filter(({ caller, unit }) => caller === updater && unit !== 'lambdaGbSeconds');
  return ownLines.reduce((sum, { operation, unit, quantity }) => {
    const share = ofBatch.has(operation) ? fewer : ofProfile.has(operation) ? merged : 1;
    return sum + dollarsOf(unit, (quantity * (share - 1) * traffic.events) / events);
  }, 0);
}

/** How long the updater of the sample waited for a batch. */
function windowOf(resources: Sample['resources'], updater: string | undefined): number {
  const mapping = [...resources.values()].find(({ type, properties }) => {
    const of = (properties.FunctionName as { Ref?: string } | undefined)?.Ref;
    return type === 'AWS::Lambda::EventSourceMapping' && of === updater;
  });
  return Number(mapping?.properties.MaximumBatchingWindowInSeconds ?? 0);
}

/** Share of requests that fall into one window with the one before of their visit. */
export function mergedShare(traffic: Traffic, seconds: number): number {
  const following = 1 - 1 / requestsPerVisit(traffic);
  return following * Math.max(0, 1 - REQUEST_GAP_SECONDS / seconds);
}
