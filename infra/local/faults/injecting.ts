import { setTimeout as sleep } from 'node:timers/promises';
import type { Next, Station } from '../gateway/stations.ts';
import type { AwsAnswer, AwsCall } from '../gateway/types.ts';
import { cancellation } from '../services/dynamodb/cancelled-transaction.ts';
import { AwsError, errorAnswer, jsonAnswer } from '../services/errors.ts';
import { type CallPlace, type Fault, type FaultKind, type FaultSettings, faultOf } from './fault.ts';
import { Overtaking } from './overtaking.ts';
import { doneInPart } from './partial-answers.ts';
import type { ServiceFailure } from './service-failures.ts';

export interface InjectedFault extends CallPlace {
  readonly kind: FaultKind;
}

export interface Injection extends FaultSettings {
  /** Whether faults are wanted now; calls are numbered while they are. */
  readonly isOn: () => boolean;
  /** Told of each fault before it happens. */
  readonly onFault: (fault: InjectedFault) => void;
  /** Told of what goes on after its caller was hung up on. It never rejects. */
  readonly onLate?: (work: Promise<unknown>) => void;
}

/** What a poller calls by itself while it starts would end the runtime: it may be throttled where it reads. */
const polls = new Set(['GetRecords']);
const kindsOfPolls: ReadonlySet<FaultKind> = new Set(['throttle', 'error', 'slow']);

/** A station that lets the calls of functions and pollers fail, by the seed. The runtime's own commands are left alone. */
export function injecting(injection: Injection): Station {
  const numbers = new Map<string, number>();
  const overtaking = new Overtaking();
  return async (call, through) => {
    const next: Next = async (one) => {
      const answer = await through(one);
      overtaking.done(one, answer);
      return answer;
    };
    const { caller, service, operation } = call;
    // What pollers call does not come by HTTP.
    const isPoll = call.headers.host === undefined;
    if (!injection.isOn() || caller === 'tool' || (isPoll && !polls.has(operation))) return next(call);
    const name = `${caller} ${service} ${operation}`;
    const nth = numbers.get(name) ?? 0;
    numbers.set(name, nth + 1);
    const place = { caller, service, operation, nth };
    const fault = faultOf(injection, place);
    if (fault === undefined || (isPoll && !kindsOfPolls.has(fault.kind))) return next(call);
    injection.onFault({ ...place, kind: fault.kind });
    return befall(fault, call, next, overtaking, injection);
  };
}

const hungUp: AwsAnswer = { status: 503, headers: {}, body: Buffer.alloc(0), hangsUp: true };

async function befall(
  fault: Fault,
  call: AwsCall,
  next: Next,
  overtaking: Overtaking,
  { onLate }: Injection,
): Promise<AwsAnswer> {
  switch (fault.kind) {
    case 'throttle':
    case 'error':
      return failed(fault, call);
    case 'errorAfter':
      await next(call);
      return failed(fault, call);
    case 'timeout':
      await sleep(fault.ms);
      return hungUp;
    case 'late': {
      const held = [sleep(fault.ms, undefined, { ref: false }), overtaking.overtaken(call)];
      const done = Promise.all(held).then(() => next(call));
      // Whether it was done, nobody hears any more.
      onLate?.(done.catch(() => undefined));
      return hungUp;
    }
    case 'slow':
      await sleep(fault.ms);
      return next(call);
    case 'lostAnswer':
      return { ...(await next(call)), hangsUp: true };
    case 'partial':
      return doneInPart(call, next, fault.seed);
  }
}

function failed({ code, status, reason }: ServiceFailure, call: AwsCall): AwsAnswer {
  if (reason === undefined) return errorAnswer(call, new AwsError(code, 'Injected: try again.', status));
  const { TransactItems } = JSON.parse(call.body.toString()) as { TransactItems: readonly object[] };
  const reasons = TransactItems.map((_, at) => (at === TransactItems.length - 1 ? reason : { Code: 'None' }));
  return jsonAnswer(cancellation(reasons), status, '1.0');
}
