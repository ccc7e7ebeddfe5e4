/**
 * The records that Headwater itself puts on the event stream beside the envelopes of events (`kind: 'events'`). Plain
 * types: functions read them at each start, and zod would cost more than they do.
 */

import type { RecommendationsRecord } from './answered.ts';
import type { AuditRecord } from './audit.ts';

/** A key of the profiles table: `user:ada`, `anonymous:x`, `email:ada@x.org`, `phone:+1…`, or `<kind>:<id>`. */
export type Key = string;

/** What made a membership or an identity change. */
export interface Cause {
  readonly type: 'event' | 'time' | 'merge' | 'split' | 'definition' | 'rebuild' | 'erasure' | 'retention';
  readonly messageId?: string;
  /** Name of the event. */
  readonly event?: string;
  /** Milliseconds since 1970: the event's own time, or the moment that was due. */
  readonly time: number;
}

/** Which way two ids were said to be one person's. */
export type LinkReason = 'identify' | 'alias' | 'trait' | 'externalId';

/** The event that said so. */
export interface LinkFact {
  /** Event time, milliseconds since 1970. */
  readonly time: number;
  readonly messageId: string;
  readonly sourceId: string;
  /** Name of the event, `Identify` or `Alias` for example. */
  readonly event: string;
  readonly why: LinkReason;
}

/** To the child: an event said that it belongs to `parent`. */
export interface LinkRecord {
  readonly v: 1;
  readonly kind: 'link';
  readonly child: Key;
  readonly parent: Key;
  readonly link: LinkFact;
}

/** To the child: it must not belong to `parent`, because somebody split the person, or the person has too many keys. */
export interface UnlinkRecord {
  readonly v: 1;
  readonly kind: 'unlink';
  readonly child: Key;
  readonly parent: Key;
  readonly reason: 'split' | 'limit';
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** A step up the tree: the key, and the link by which it has its parent. */
export interface PathStep {
  readonly key: Key;
  readonly link: { readonly time: number; readonly messageId: string };
}

/** To the parent `to`: the part or the subtree of `child` has changed, or it has left. */
export interface PartRecord {
  readonly v: 1;
  readonly kind: 'part';
  readonly to: Key;
  readonly child: Key;
  /** Grows when the child changes its parent; compares reports of equal `changes`. */
  readonly moves: number;
  /** Grows when its parent, part or subtree changes: of two reports the one with more is newer. */
  readonly changes: number;
  /** The child's whole subtree with itself; empty when it has left `to`. */
  readonly keys: readonly Key[];
  /** How the report came here, the lowest key first. */
  readonly path: readonly PathStep[];
  readonly cause: Cause;
}

/** The clock for keys whose memberships may change without an event. */
export interface TickRecord {
  readonly v: 1;
  readonly kind: 'tick';
  /** The sweeper's clock, milliseconds since 1970. */
  readonly at: number;
  readonly keys: readonly Key[];
}

/** A row of a track: event time, an id that tells rows of one time apart, and the values that the track keeps. */
export type TrackRow = readonly [time: number, rowId: string, ...values: (string | number | null)[]];

/** What the lake knows of some keys' past, for segments whose definition is new. */
export interface BackfillRecord {
  readonly v: 1;
  readonly kind: 'backfill';
  readonly job: string;
  readonly segments: readonly { readonly id: string; readonly version: number }[];
  readonly items: readonly BackfillItem[];
}
export interface BackfillItem {
  readonly key: Key;
  /** Rows by track id. */
  readonly tracks: Readonly<Record<string, readonly TrackRow[]>>;
}

/** Lies on every open shard: a consumer that has done all before it says so. */
export interface BarrierRecord {
  readonly v: 1;
  readonly kind: 'barrier';
  readonly id: string;
}

/** A person entered or left a segment. */
export interface Transition {
  /** `<profileId>-<n>`: the same however often it is published. */
  readonly id: string;
  readonly profileId: string;
  /** The person's home key. */
  readonly key: Key;
  /** One more than the person's last; the first is its moment, in hundredths of a second since 1970. */
  readonly n: number;
  readonly segmentId: string;
  readonly version: number;
  readonly to: 'entered' | 'exited';
  /** Milliseconds since 1970: arrival of the event, or the moment that was due. */
  readonly at: number;
  readonly cause: Cause;
  /** There where the person has denied marketing, or it was denied by default: no campaign may act on it. */
  readonly consent?: { readonly marketing: false };
}
export interface TransitionsRecord {
  readonly v: 1;
  readonly kind: 'transitions';
  readonly items: readonly Transition[];
}

/** A key got another parent, or none. */
export interface IdentityChange {
  readonly profileKey: Key;
  readonly parentKey: Key | null;
  /** Grows with each change of the key, as the arrival of what it changed by does: the greatest is the latest. */
  readonly moves: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly why?: LinkReason | 'split' | 'limit' | 'retention';
  readonly messageId?: string;
}
/** For the lake alone. */
export interface IdentitiesRecord {
  readonly v: 1;
  readonly kind: 'identities';
  readonly items: readonly IdentityChange[];
}

/** What a day of a campaign cost, as a row of an imported file says it. */
export interface SpendItem {
  /** UTC day, YYYY-MM-DD. */
  readonly date: string;
  readonly channel: string;
  readonly source?: string;
  readonly medium?: string;
  readonly campaign?: string;
  /** ISO 4217. */
  readonly currency: string;
  /** In 1/10,000 of the currency's unit. */
  readonly cost: number;
  readonly impressions?: number;
  readonly clicks?: number;
  readonly importId: string;
  /** Number of the row in the imported file, from 1: with the import's id it tells rows apart. */
  readonly row: number;
  /** When the import began, in milliseconds since 1970: of two that name the same campaign and day the later counts. */
  readonly importedAt: number;
}
/** For the lake alone. */
export interface SpendRecord {
  readonly v: 1;
  readonly kind: 'spend';
  readonly items: readonly SpendItem[];
}

/** A figure broke a rule on a day. */
export interface Alert {
  /** `<rule>:<date>`: the same however often it is raised. */
  readonly id: string;
  readonly rule: string;
  /** Milliseconds since 1970. */
  readonly raisedAt: number;
  /** UTC day, YYYY-MM-DD. */
  readonly date: string;
  readonly metric: string;
  readonly value: number;
  /** What the same weekdays before had, and by what share the value differs. */
  readonly expected?: number;
  readonly change?: number;
  /** Threshold that the value broke. */
  readonly threshold?: number;
  /** What happened, in words. */
  readonly detail: string;
}
/** For the lake alone. */
export interface AlertsRecord {
  readonly v: 1;
  readonly kind: 'alerts';
  readonly items: readonly Alert[];
}

/** Keys whose events, or those of another key of the person, were folded anew: their memberships are looked at again. */
export interface RebuiltRecord {
  readonly v: 1;
  readonly kind: 'rebuilt';
  readonly keys: readonly Key[];
}

/** A record that one consumer had given up, for that consumer alone: the others took it when it came. */
export interface AgainRecord {
  readonly v: 1;
  readonly kind: 'again';
  readonly to: 'lake' | 'profiles';
  /** Where it lay first. */
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** When it arrived there, milliseconds since 1970. */
  readonly arrivedAt: number;
  /** Its bytes, compressed by zstd, in base64. */
  readonly data: string;
}

/** To a key: a person was erased. One of the person's own keys forgets all, another key forgets those. */
export interface EraseRecord {
  readonly v: 1;
  readonly kind: 'erase';
  readonly key: Key;
  readonly requestId: string;
  /** When the erasure was asked for, milliseconds since 1970: what is known only since then stays. */
  readonly at: number;
  /** All keys of the person. */
  readonly keys: readonly Key[];
}

/** To the homes of people of whom nothing was heard for long: who was not seen since `before` is forgotten. */
export interface ForgetRecord {
  readonly v: 1;
  readonly kind: 'forget';
  /** Milliseconds since 1970. */
  readonly before: number;
  readonly keys: readonly Key[];
}

export type ControlRecord =
  | LinkRecord
  | UnlinkRecord
  | PartRecord
  | TickRecord
  | BackfillRecord
  | BarrierRecord
  | TransitionsRecord
  | IdentitiesRecord
  | SpendRecord
  | AlertsRecord
  | RecommendationsRecord
  | AuditRecord
  | RebuiltRecord
  | AgainRecord
  | EraseRecord
  | ForgetRecord;
export type ControlKind = ControlRecord['kind'];

/** What a record of each kind must have, so that whoever reads it need not look twice. */
const shapes: { readonly [K in ControlKind]: (record: Fields) => boolean } = {
  link: ({ child, parent, link }) => isText(child) && isText(parent) && isLinkFact(link),
  unlink: ({ child, parent, reason, requestId, time }) =>
    isText(child) && isText(parent) && isText(reason) && isText(requestId) && isNumber(time),
  part: ({ to, child, moves, changes, keys, path, cause }) =>
    isText(to) &&
    isText(child) &&
    isNumber(moves) &&
    isNumber(changes) &&
    isListOf(keys, isText) &&
    isListOf(path, isPathStep) &&
    isCause(cause),
  again: ({ to, shardId, sequenceNumber, arrivedAt, data }) =>
    (to === 'lake' || to === 'profiles') &&
    isText(shardId) &&
    isText(sequenceNumber) &&
    isNumber(arrivedAt) &&
    isText(data),
  rebuilt: ({ keys }) => isListOf(keys, isText),
  erase: ({ key, requestId, at, keys }) => isText(key) && isText(requestId) && isNumber(at) && isListOf(keys, isText),
  forget: ({ before, keys }) => isNumber(before) && isListOf(keys, isText),
  tick: ({ at, keys }) => isNumber(at) && isListOf(keys, isText),
  backfill: ({ job, segments, items }) =>
    isText(job) && isListOf(segments, isSegmentVersion) && isListOf(items, isBackfillItem),
  barrier: ({ id }) => isText(id),
  transitions: ({ items }) => isListOf(items, isTransition),
  identities: ({ items }) => isListOf(items, isIdentityChange),
  spend: ({ items }) => isListOf(items, isSpendItem),
  alerts: ({ items }) => isListOf(items, isAlert),
  recommendations: ({ items }) => isListOf(items, isAnswered),
  audit: ({ items }) => isListOf(items, isAuditEntry),
};

/** The record that a JSON value is, or undefined when it is no whole control record. */
export function asControlRecord(value: unknown): ControlRecord | undefined {
  if (!isObject(value) || value.v !== 1 || typeof value.kind !== 'string') return undefined;
  if (!Object.hasOwn(shapes, value.kind)) return undefined;
  return shapes[value.kind as ControlKind](value) ? (value as unknown as ControlRecord) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isListOf = (value: unknown, is: (element: unknown) => boolean) => Array.isArray(value) && value.every(is);

const isCause = (value: unknown) => isObject(value) && isText(value.type) && isNumber(value.time);
const isPathStep = (value: unknown) =>
  isObject(value) &&
  isText(value.key) &&
  isObject(value.link) &&
  isNumber(value.link.time) &&
  isText(value.link.messageId);
const isLinkFact = (value: unknown) =>
  isObject(value) &&
  isNumber(value.time) &&
  isText(value.messageId) &&
  isText(value.sourceId) &&
  isText(value.event) &&
  isText(value.why);
const isSegmentVersion = (value: unknown) => isObject(value) && isText(value.id) && isNumber(value.version);
const isTrackRow = (value: unknown) => Array.isArray(value) && isNumber(value[0]) && isText(value[1]);
const isBackfillItem = (value: unknown) =>
  isObject(value) &&
  isText(value.key) &&
  isObject(value.tracks) &&
  Object.values(value.tracks).every((rows) => isListOf(rows, isTrackRow));
const isTransition = (value: unknown) =>
  isObject(value) &&
  isText(value.id) &&
  isText(value.profileId) &&
  isText(value.key) &&
  isNumber(value.n) &&
  isText(value.segmentId) &&
  isNumber(value.version) &&
  (value.to === 'entered' || value.to === 'exited') &&
  isNumber(value.at) &&
  isCause(value.cause);
const isIdentityChange = (value: unknown) =>
  isObject(value) &&
  isText(value.profileKey) &&
  (value.parentKey === null || isText(value.parentKey)) &&
  isNumber(value.moves) &&
  isNumber(value.time);
const isSpendItem = (value: unknown) =>
  isObject(value) &&
  isText(value.date) &&
  isText(value.channel) &&
  isText(value.currency) &&
  isNumber(value.cost) &&
  isText(value.importId) &&
  isNumber(value.row) &&
  isNumber(value.importedAt);
const isAlert = (value: unknown) =>
  isObject(value) &&
  isText(value.id) &&
  isText(value.rule) &&
  isNumber(value.raisedAt) &&
  isText(value.date) &&
  isText(value.metric) &&
  isNumber(value.value) &&
  isText(value.detail);
const isAnswered = (value: unknown) =>
  isObject(value) &&
  isText(value.id) &&
  (value.key === null || isText(value.key)) &&
  isText(value.placement) &&
  isText(value.variant) &&
  (value.model === null || isText(value.model)) &&
  isListOf(value.items, isAnsweredItem) &&
  isNumber(value.requestedAt);
const isAnsweredItem = (value: unknown) =>
  isObject(value) && isText(value.itemId) && isNumber(value.score) && isText(value.reason);
const isAuditEntry = (value: unknown) =>
  isObject(value) &&
  isNumber(value.at) &&
  [value.id, value.actor, value.actorType, value.action, value.targetType, value.outcome].every(isText);
