import { DAY, HOUR, MINUTE } from './calendar.ts';
import { SHOP_URL } from './catalog.ts';
import type { Diary } from './diary.ts';

export interface Newsletter {
  readonly at: number;
  readonly campaignId: string;
  readonly name: string;
  readonly subject: string;
}

const themes = [
  ['Trail season', 'New on the trail: boots and packs'],
  ['Lighter nights', 'Sleep lighter for less'],
  ['Rainproof', 'Ready for rain? So are we'],
  ['Hut weekend', 'What to pack for a hut weekend'],
] as const;

/** A newsletter a week, sent in the afternoon (UTC). */
export function planNewsletters(window: { from: number; to: number }): Newsletter[] {
  const letters: Newsletter[] = [];
  const first = Math.ceil(window.from / DAY) * DAY + 2 * DAY + 15 * HOUR;
  for (let at = first; at < window.to - 3 * DAY; at += 7 * DAY) {
    const [name, subject] = themes[letters.length % themes.length] as (typeof themes)[number];
    letters.push({ at, campaignId: `nl-${String(letters.length + 1).padStart(2, '0')}`, name, subject });
  }
  return letters;
}

/** Delivers a newsletter to a customer, who may open it, follow its link or unsubscribe; the inactive rarely react. */
export function receiveNewsletter(diary: Diary, letter: Newsletter, activity: number) {
  const { random, person } = diary;
  const ids = { userId: person.userId };
  const email = {
    email_id: `${letter.campaignId}-${person.index}`,
    email_subject: letter.subject,
    campaign_id: letter.campaignId,
    campaign_name: letter.name,
  };
  const deliveredAt = letter.at + random.integer(0, 20 * MINUTE);
  if (random.chance(0.01)) {
    diary.serverTrack(deliveredAt, 'Email Bounced', email, ids);
    return { clickedAt: undefined, unsubscribedAt: undefined };
  }
  diary.serverTrack(deliveredAt, 'Email Delivered', email, ids);
  if (!random.chance(0.08 + 0.34 * activity)) return { clickedAt: undefined, unsubscribedAt: undefined };

  const openedAt = deliveredAt + 2 * MINUTE + Math.round(Math.min(2 * DAY, random.exponential(6 * HOUR)));
  const opened = {
    type: 'track',
    name: 'Email Opened',
    body: { event: 'Email Opened', properties: email },
    ids,
  } as const;
  diary.write({ at: openedAt, ...opened, route: random.chance(0.15) ? 'pixel' : 'node' });
  if (random.chance(0.012)) {
    const unsubscribedAt = openedAt + 30_000;
    diary.serverTrack(unsubscribedAt, 'Unsubscribed', email, ids);
    return { clickedAt: undefined, unsubscribedAt };
  }
  if (!random.chance(0.2)) return { clickedAt: undefined, unsubscribedAt: undefined };
  const clickedAt = openedAt + random.integer(5_000, 90_000);
  const link = { link_id: 'main', link_url: `${SHOP_URL}/?utm_campaign=${letter.campaignId}` };
  diary.serverTrack(clickedAt, 'Email Link Clicked', { ...email, ...link }, ids);
  return { clickedAt, unsubscribedAt: undefined };
}
