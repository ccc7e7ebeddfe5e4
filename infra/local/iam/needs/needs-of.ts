import type { AwsAnswer, AwsCall } from '../../gateway/types.ts';
import type { Need } from '../need.ts';

/** What a call needs; nothing when it names nothing, so that the service itself refuses it. */
export type NeedsOf = (call: AwsCall) => readonly Need[];

/** The operations of a service and what each needs. */
export interface ServiceNeeds {
  readonly operations: Readonly<Record<string, NeedsOf>>;
  /** What an answer tells for later calls, or what it needed besides. */
  readonly after?: (call: AwsCall, answer: AwsAnswer) => readonly Need[];
}
