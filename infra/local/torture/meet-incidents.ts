import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, streamOf } from '../demo/random.ts';
import type { AwsTool } from './aws-tool.ts';
import type { TortureOptions } from './command-line.ts';
import { type Incident, planIncidents } from './incidents.ts';
import { reshard } from './reshard.ts';
import type { RuntimeControl } from './runtime-control.ts';
import type { Sending } from './sending.ts';

/** Lets happen to the whole what was planned, each when so much is sent; answers what happened, in words. */
export async function meetIncidents(
  { seed, restarts, events }: TortureOptions,
  sending: Sending,
  runtime: RuntimeControl,
  aws: AwsTool,
): Promise<string[]> {
  const random = streamOf(seed, 'incidents', 'details');
  const met: string[] = [];
  for (const { at, incident } of planIncidents(streamOf(seed, 'incidents'), restarts)) {
    while (sending.acknowledged < at * events) await sleep(20);
    met.push(await meet(incident, random, runtime, aws));
  }
  return met;
}

async function meet(incident: Incident, random: Random, runtime: RuntimeControl, aws: AwsTool): Promise<string> {
  const { streamName: StreamName } = runtime.about();
  switch (incident.kind) {
    case 'restart':
      await runtime.restart(incident.signal);
      return `the runtime was ended by ${incident.signal} and started again`;
    case 'unreadable record': {
      const Data = Buffer.from(`{"half a record ${random.hex(8)}`).toString('base64');
      await aws('kinesis', 'PutRecord', { StreamName, PartitionKey: random.hex(8), Data });
      return 'a record was unreadable';
    }
    case 'split':
    case 'merge':
      return `${incident.kind} of ${await reshard(aws, StreamName, incident.kind, random)}`;
  }
}
