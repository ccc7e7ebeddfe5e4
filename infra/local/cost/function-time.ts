import { readFileSync } from 'node:fs';
import type { FunctionSpec } from '../deploy/local-parts.ts';
import type { UsageLine } from '../gateway/billing-units.ts';
import type { CallCount } from '../gateway/types.ts';
import type { Runtime } from '../runtime.ts';

/** MB at which Lambda gives a whole core. */
const CORE_MB = 1769;
/** What an invocation is charged for beyond its time, on average, because that is rounded up to the next millisecond. */
const ROUNDING_MS = 0.5;
/** Linux tells processor time in ticks of 10 ms. */
const TICK_MS = 10;
/** An invocation that takes as long with nothing to do waits on purpose, on AWS too. */
export const ON_PURPOSE_MS = 20_000;

/** What a function waits for an answer of AWS, in milliseconds: ordinary latencies within a region, one call after another. */
const answerMs: Readonly<Record<string, number>> = {
  dynamodb: 5,
  kinesis: 12,
  sqs: 10,
  s3: 25,
  athena: 50,
  lambda: 20,
};

/** Calls that Lambda makes for a function, while it is not charged. */
const pollers = new Set(['GetRecords', 'GetShardIterator', 'ListShards', 'DescribeStreamSummary']);

/** What a function did, in milliseconds of this machine's processor, of waiting for AWS and of waiting on purpose. */
export interface FunctionTime {
  readonly work: number;
  readonly answers: number;
  readonly rest: number;
}

/**
 * GB-seconds on AWS: work takes longer by the share of a core that the function's memory buys, and by `cpuFactor` where a core of
 * AWS is slower than one of this machine.
 */
export function gbSecondsOf({ work, answers, rest }: FunctionTime, memoryMb: number, cpuFactor: number): number {
  const milliseconds = (work * cpuFactor) / Math.min(1, memoryMb / CORE_MB) + answers + rest;
  return (milliseconds / 1000) * (memoryMb / 1024);
}

const unused = { all: 0, rest: 0, rounding: 0 };

/** The time that functions were charged for since the start. */
export interface FunctionTimes {
  add(logicalId: string, milliseconds: number): void;
  lines(): readonly UsageLine[];
}

/**
 * Takes work from the processor time of the sandboxes, so that what else runs on this machine does not count. Where that
 * cannot be read, all time counts as work.
 */
export function functionTimes(runtime: () => Runtime | undefined, cpuFactor: number): FunctionTimes {
  const walls = new Map<string, { all: number; rest: number; rounding: number }>();
  const timeOf = ({ logicalId }: FunctionSpec, { functions, gateway }: Runtime): FunctionTime => {
    const { all, rest, rounding } = walls.get(logicalId) ?? unused;
    const work = processorMs(functions.get(logicalId)?.pids() ?? []) ?? all - rest;
    const calls = gateway.counts().filter(({ caller }) => caller === logicalId);
    return { work, answers: calls.reduce((sum, call) => sum + waitOf(call), 0), rest: rest + rounding };
  };
  return {
    add: (logicalId, milliseconds) => {
      const { all, rest, rounding } = walls.get(logicalId) ?? unused;
      const isRest = milliseconds >= ON_PURPOSE_MS;
      walls.set(logicalId, {
        all: all + milliseconds,
        rest: isRest ? rest + milliseconds : rest,
        rounding: rounding + ROUNDING_MS,
      });
    },
    lines: () => {
      const running = runtime();
      return (running?.deployment.parts.functions ?? []).map((spec) => ({
        caller: spec.logicalId,
        operation: 'Invoke',
        resource: spec.functionName,
        unit: 'lambdaGbSeconds',
        quantity: gbSecondsOf(timeOf(spec, running as Runtime), spec.memoryMb, cpuFactor),
      }));
    },
  };
}

const waitOf = ({ service, operation, calls }: CallCount): number =>
  pollers.has(operation) ? 0 : calls * (answerMs[service] ?? 0);

function processorMs(pids: readonly number[]): number | undefined {
  try {
    return pids.reduce((sum, pid) => {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return sum + (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    }, 0);
  } catch {
    return undefined;
  }
}
