import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile, Touch } from '../../schemas/profile.ts';
import { fits, limits } from './limits.ts';

/** Counts the channel an event came by, and keeps the first touch and the last one that is not direct. */
export function applyTouch(profile: Profile, event: CleanEvent): void {
  const { channel } = event.visit;
  if (channel === undefined || channel === 'on_site') return;
  const usage = profile.channels.get(channel);
  if (usage === undefined) {
    profile.channels.set(channel, { count: 1, lastAt: event.eventTime });
  } else {
    usage.count += 1;
    usage.lastAt = Math.max(usage.lastAt, event.eventTime);
  }
  const ranked = { time: event.eventTime, messageId: event.messageId, channel };
  if (profile.firstTouch === undefined || isEarlierTouch(ranked, profile.firstTouch))
    profile.firstTouch = touchOf(event, channel);
  if (profile.lastTouch === undefined || outranksTouch(ranked, profile.lastTouch))
    profile.lastTouch = touchOf(event, channel);
}

type Ranked = Pick<Touch, 'time' | 'messageId' | 'channel'>;

export const isEarlierTouch = (one: Ranked, other: Ranked): boolean =>
  one.time < other.time || (one.time === other.time && one.messageId < other.messageId);

/** Whether a touch is rather the last one: any other before a direct one, then the later. */
export function outranksTouch(one: Ranked, other: Ranked): boolean {
  const isDirect = one.channel === 'direct';
  if (isDirect !== (other.channel === 'direct')) return !isDirect;
  return one.time > other.time || (one.time === other.time && one.messageId > other.messageId);
}

function touchOf({ eventTime, messageId, visit }: CleanEvent, channel: string): Touch {
  const touch: Touch = { time: eventTime, messageId, channel };
  if (isShort(visit.utmSource)) touch.source = visit.utmSource;
  if (isShort(visit.utmMedium)) touch.medium = visit.utmMedium;
  if (isShort(visit.utmCampaign)) touch.campaign = visit.utmCampaign;
  if (isShort(visit.referrerHost)) touch.referrerHost = visit.referrerHost;
  return touch;
}

const isShort = (text: string | undefined): text is string => text !== undefined && fits(text, limits.nameBytes);
