import type { AwsAnswer, AwsCall, CallCount } from './types.ts';

export type Next = (call: AwsCall) => Promise<AwsAnswer>;

/** One stop on a call's way: it may refuse, change, delay, repeat or only watch what passes. */
export type Station = (call: AwsCall, next: Next) => Promise<AwsAnswer>;

/** Joins stations, first one outermost, in front of a destination. */
export function chain(stations: readonly Station[], destination: Next): Next {
  return stations.reduceRight<Next>((next, station) => (call) => station(call, next), destination);
}

export interface Counting {
  readonly station: Station;
  readonly counts: () => readonly CallCount[];
}

/** Counts calls, errors and bytes by caller, service and operation. */
export function counting(): Counting {
  const book = new Map<string, CallCount>();
  const entryOf = ({ caller, service, operation }: AwsCall): CallCount => {
    const key = `${caller} ${service} ${operation}`;
    const entry = book.get(key) ?? { caller, service, operation, calls: 0, errors: 0, bytesIn: 0, bytesOut: 0 };
    book.set(key, entry);
    return entry;
  };
  return {
    counts: () => [...book.values()],
    station: async (call, next) => {
      const entry = entryOf(call);
      entry.calls += 1;
      entry.bytesIn += call.body.length;
      const answer = await next(call);
      if (answer.status >= 400) entry.errors += 1;
      entry.bytesOut += answer.body.length;
      return answer;
    },
  };
}

/** Tells a listener of each call after it was answered. */
export function watching(listener: (call: AwsCall, answer: AwsAnswer) => void): Station {
  return async (call, next) => {
    const answer = await next(call);
    listener(call, answer);
    return answer;
  };
}
