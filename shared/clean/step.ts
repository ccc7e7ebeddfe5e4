import type { Commerce, ValueChange, Visit } from '../../schemas/event/clean-event.ts';
import type { EventFlag, MessageType, RejectReason } from '../../schemas/event/vocabulary.ts';
import type { RecordContext } from './read-record.ts';

export type JsonObject = Record<string, unknown>;

/** A message on its way through the steps; each step fills its part. */
export interface Draft {
  readonly record: RecordContext;
  readonly index: number;
  /** As received, with addresses masked. */
  readonly received: unknown;
  /** Sanitised, once the sanitise step has passed. */
  message: JsonObject;
  type: MessageType;
  messageId: string;
  userId: string | undefined;
  anonymousId: string | undefined;
  groupId: string | undefined;
  previousId: string | undefined;
  event: string;
  name: string | undefined;
  properties: JsonObject;
  traits: JsonObject;
  context: JsonObject;
  integrations: JsonObject;
  eventTime: number;
  sentAt: number | undefined;
  originalTimestamp: number | undefined;
  visit: Visit | undefined;
  commerce: Commerce;
  /** Currency whose sign or code stood beside an amount. */
  currencyBeside: string | undefined;
  readonly flags: EventFlag[];
  readonly changes: ValueChange[];
}

/** The message goes on to the next step. */
export interface Proceed {
  readonly kind: 'ok';
}

/** The message can never become a clean event. */
export interface Drop {
  readonly kind: 'drop';
  readonly reason: RejectReason;
  /** Path in the message; empty for the message itself. */
  readonly path: string;
  /** What was expected and which type was found; no value of the payload. */
  readonly detail: string;
}

export type StepResult = Proceed | Drop;
export type Step = (draft: Draft) => StepResult;

/** One value for all: a step that passes allocates nothing. */
export const ok: Proceed = { kind: 'ok' };

export const drop = (reason: RejectReason, path: string, detail: string): Drop => ({
  kind: 'drop',
  reason,
  path,
  detail,
});

/** Bounded, so that a hostile event cannot make a row far larger than itself. */
export const MAX_CHANGES = 100;

/** Notes what was changed; leave `from` and `to` out where the value may be personal. */
export function noteChange(changes: ValueChange[], path: string, rule: string, from?: unknown, to?: unknown): void {
  if (changes.length > MAX_CHANGES) return;
  if (changes.length === MAX_CHANGES) {
    changes.push({ path: '', rule: 'more_changes_not_listed' });
    return;
  }
  const change: ValueChange = { path, rule };
  if (from !== undefined) change.from = from;
  if (to !== undefined) change.to = to;
  changes.push(change);
}

export function noteFlag(flags: EventFlag[], flag: EventFlag): void {
  if (!flags.includes(flag)) flags.push(flag);
}

/** The name of a value's JSON type, for details of failures. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `a ${typeof value}`;
}
