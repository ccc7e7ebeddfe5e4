/**
 * The words and bounds of events, as plain constants: functions bundle them without the schemas that are made of them.
 */

/** Types of message of the Segment contract. */
export const messageTypes = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;
export type MessageType = (typeof messageTypes)[number];

/** Where a visit came from, in the order of precedence: a click id or paid medium wins over a referrer. */
export const trafficChannels = ['paid', 'email', 'social', 'organic', 'referral', 'on_site', 'direct'] as const;
export type TrafficChannel = (typeof trafficChannels)[number];

export const deviceTypes = ['desktop', 'mobile', 'tablet', 'tv', 'bot', 'other'] as const;

/** What was noticed about a value and left as it is. */
export const eventFlags = {
  price_outlier: 'A price is negative or above 100,000.',
  quantity_outlier: 'A quantity is zero, negative, fractional or above 1,000.',
  amount_outlier: 'An order amount is negative or above 1,000,000.',
  time_clamped: 'The event time lay before 2000 or more than a day after arrival, and was set to the arrival.',
  clock_skewed: 'The device clock differed from ours by more than an hour.',
  late: 'The event arrived more than a day after it happened.',
  currency_unknown: 'The currency is not an ISO 4217 code.',
  event_unknown: 'A track event is not one of the documented e-commerce events.',
} as const;
export type EventFlag = keyof typeof eventFlags;

/** Why an event can never become a row of `events`. Stable: dashboards and replays depend on these codes. */
export const rejectReasons = {
  record_unreadable: 'The stream record is not JSON in UTF-8.',
  record_invalid: 'The stream record is neither an envelope nor a message nor an array of messages.',
  not_an_object: 'The event is not a JSON object.',
  too_large: 'The event is larger than 32 KB.',
  too_deep: 'The event is nested deeper than 32 levels.',
  unknown_type: 'The type is none of identify, track, page, screen, group, alias.',
  missing_ids: 'There is neither a userId nor an anonymousId.',
  missing_event_name: 'A track event has no event name.',
  missing_group_id: 'A group event has no groupId.',
  missing_previous_id: 'An alias event has no previousId.',
  message_id_too_long: 'The messageId has more than 100 characters.',
  id_too_long: 'A userId, anonymousId, groupId or previousId has more than 256 characters.',
  wrong_type: 'A field of the message has another type than its contract.',
  foreign_space: 'An id begins with the name of a space that the source is not of.',
  no_consent: 'Consent to analytics was denied: nothing of the event is kept.',
  erased: 'The event is of a person who was erased: nothing of it is kept.',
} as const;
export type RejectReason = keyof typeof rejectReasons;

/** Reasons that are no defect of the event: what they refuse is left out of the scores of data quality, and never replayed. */
export const withheldReasons = ['no_consent', 'erased'] as const satisfies readonly RejectReason[];
export type WithheldReason = (typeof withheldReasons)[number];

/** Name of the event by which somebody's choice of consent is said, as Segment's SDKs send it. */
export const CONSENT_EVENT = 'Segment Consent Preference Updated';

/** Characters that a userId, anonymousId, groupId or previousId may have. */
export const MAX_ID_LENGTH = 256;
/** Characters that a messageId may have. */
export const MAX_MESSAGE_ID_LENGTH = 100;

/** Units of `Money` in one unit of a currency: sums stay exact, and equal `decimal(18,4)` in the lake. */
export const MONEY_SCALE = 10_000;

/** ISO 4217 code of amounts that name no currency. */
export const DEFAULT_CURRENCY = 'USD';

/** Source id of events that a producer wrote to the stream without an envelope. */
export const DIRECT_SOURCE_ID = 'stream';

/** What consent is asked for: storing events at all, using them for recommendations, and campaigns. */
export const purposes = ['analytics', 'personalisation', 'marketing'] as const;
export type Purpose = (typeof purposes)[number];

/** Purpose of consent for recommendations: who refuses it gets only what is popular. */
export const PERSONALISATION = 'personalisation';

/** Whether a purpose of consent is that for recommendations, in either spelling. */
export const isPersonalisation = (purpose: string): boolean => /^personali[sz]ation$/i.test(purpose);
