import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, streamOf } from '../demo/random.ts';
import type { AwsTool } from './aws-tool.ts';
import type { Calendar } from './calendar.ts';
import type { TortureOptions } from './command-line.ts';
import { type Incident, planIncidents } from './incidents.ts';
import { reshard } from './reshard.ts';
import type { RuntimeControl } from './runtime-control.ts';
import type { Sending } from './sending.ts';

export interface Reach {
  readonly runtime: RuntimeControl;
  readonly aws: AwsTool;
  readonly calendar: Calendar;
  /** Told when the runtime is back on the next day. */
  readonly onMidnight: () => void;
}

/** Lets happen to the whole what was planned, each when so much is sent; answers what happened, in words. */
export async function meetIncidents(
  { seed, restarts, events }: TortureOptions,
  sending: Sending,
  { runtime, aws, calendar, onMidnight }: Reach,
): Promise<string[]> {
  const random = streamOf(seed, 'incidents', 'details');
  const met: string[] = [];
  for (const { at, incident } of planIncidents(streamOf(seed, 'incidents'), restarts)) {
    while (sending.acknowledged < at * events) await sleep(20);
    met.push(await meet(incident, random, { runtime, aws, calendar, onMidnight }));
  }
  return met;
}

async function meet(incident: Incident, random: Random, reach: Reach): Promise<string> {
  const { runtime, aws, calendar, onMidnight } = reach;
  const { streamName: StreamName } = runtime.about();
  switch (incident.kind) {
    case 'restart':
      await runtime.restart(incident.signal);
      return `the runtime was ended by ${incident.signal} and started again`;
    case 'midnight':
      await runtime.restart('SIGKILL', calendar.passMidnight);
      onMidnight();
      return 'the runtime was ended by SIGKILL and started again after midnight';
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
