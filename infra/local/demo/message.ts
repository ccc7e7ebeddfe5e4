import type { RejectReason, TrafficChannel } from '../../../schemas/event/vocabulary.ts';
import type { Route } from './devices.ts';

export type Json = Record<string, unknown>;

/** Where an event's visit came from; `none` for events outside a visit. */
export type Origin = TrafficChannel | 'app' | 'bot' | 'none';

/** What a message means, whatever dirt its body carries. */
export interface Truth {
  readonly type: 'identify' | 'track' | 'page' | 'screen' | 'group' | 'alias';
  /** Canonical event name: a track's v2 name, else `Page Viewed`, `Screen Viewed`, `Identify`, `Group`, `Alias`. */
  readonly name: string;
  readonly profileKey: string;
  readonly origin: Origin;
  /** The page view or screen with which a visit began. */
  readonly entry: boolean;
  readonly order?: OrderTruth;
}

/** Amounts in 1/10,000 of the currency unit. */
export interface OrderTruth {
  readonly orderId: string;
  /** ISO 4217 code, or `none` where the event names no currency. */
  readonly currency: string;
  readonly amount: number;
  readonly units: readonly { readonly productId: string; readonly quantity: number }[];
}

export type Fate =
  | { readonly kind: 'accepted'; readonly truth: Truth }
  /** Answered 200 as part of a batch, then a row of `failed_events`. */
  | { readonly kind: 'failed'; readonly reason: RejectReason }
  /** Its whole request is answered 4xx. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export type RefusalReason =
  | RejectReason
  | 'broken_json'
  | 'not_a_batch'
  | 'unknown_write_key'
  | 'body_too_large'
  | 'too_many_events';

/** One copy of a message on its way. A resent message is a second `Message` with the same `body`. */
export interface Message {
  /** Whose it is: messages of one sender are sent in order. */
  readonly sender: string;
  readonly lane: number;
  readonly route: Route;
  /** Place in the order of sending: the true time, later where a phone was offline or an SDK sent again. */
  readonly sendAt: number;
  /** True time of the event, ms. */
  readonly at: number;
  /** The device's clock: ahead by so many ms, or stuck at a fixed time while `sentAt` is right. */
  readonly clock: { readonly skewMs: number } | { readonly stuckAt: string };
  /** The Segment message without its time fields; anything at all where the message is malformed. */
  readonly body: unknown;
  readonly fate: Fate;
  readonly resent: boolean;
}

/** Parts of the audience that are sent side by side; the messages of one person share a lane. */
export const LANES = 6;

export const profileKeyOf = (ids: { userId?: string | undefined; anonymousId?: string | undefined }): string =>
  ids.userId ? `user:${ids.userId}` : `anonymous:${ids.anonymousId}`;
