import type { RejectReason } from '../../../schemas/event/vocabulary.ts';

export type Json = Record<string, unknown>;

/** An event as the torture sends it, and what must come of it. */
export interface Message {
  readonly id: string;
  /** Goes over the wire as it is; a trial gets its timestamp when it is first sent. */
  readonly body: Json;
  /** The reason for which it must fail; undefined when it must count. */
  readonly fails?: RejectReason;
  /** Its time is reckoned from the moment of sending, so that what it is for ends while the run goes on. */
  readonly isTrial?: true;
}

/** What an anonymous visitor or a user is known by in a message. */
export interface Ids {
  readonly userId?: string;
  readonly anonymousId?: string;
}
