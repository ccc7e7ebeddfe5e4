import type { TrafficChannel } from '../../schemas/event/vocabulary.ts';
import { memoized } from './memo.ts';
import {
  CLICK_IDS,
  MEDIA,
  REFERRER_BRANDS,
  REFERRER_HOSTS,
  SECOND_LEVELS,
  SHARED_DOMAINS,
  SOURCES,
} from './traffic-sources.ts';
import type { Campaign, ClickId } from './web-address.ts';

export interface Traffic {
  readonly campaign: Campaign | undefined;
  readonly clickId: ClickId | undefined;
  readonly referrerHost: string | undefined;
  readonly pageHost: string | undefined;
}

/**
 * Where a visit came from. The first that answers counts:
 *
 * 1. a click id or medium that is paid: paid
 * 2. the campaign's medium
 * 3. the campaign's source
 * 4. a click id of e-mail, social or organic
 * 5. a campaign that none of the tables knows: referral
 * 6. a referrer on the site's own domain: on_site
 * 7. the referrer's host by the table: email, social, organic; any other host: referral
 * 8. nothing: direct
 */
export function trafficChannel({ campaign, clickId, referrerHost, pageHost }: Traffic): TrafficChannel {
  const byClick = clickId === undefined ? undefined : CLICK_IDS.get(clickId.type);
  if (byClick === 'paid') return 'paid';
  if (campaign !== undefined) return channelOfCampaign(campaign) ?? byClick ?? 'referral';
  if (byClick !== undefined) return byClick;
  if (referrerHost === undefined) return 'direct';
  return pageHost !== undefined && isSameSite(referrerHost, pageHost) ? 'on_site' : channelOfHost(referrerHost);
}

function channelOfCampaign({ source, medium }: Campaign): TrafficChannel | undefined {
  if (medium?.startsWith('paid') === true) return 'paid';
  return (
    (medium === undefined ? undefined : MEDIA.get(medium)) ?? (source === undefined ? undefined : SOURCES.get(source))
  );
}

const channelOfHost = memoized((host: string): TrafficChannel => {
  for (let name = host; name !== ''; name = withoutFirstLabel(name)) {
    const found = REFERRER_HOSTS.get(name);
    if (found !== undefined) return found;
  }
  const [brand = ''] = siteOf(host).split('.');
  return REFERRER_BRANDS.get(brand) ?? 'referral';
}, 1000);

function withoutFirstLabel(name: string): string {
  const point = name.indexOf('.');
  return point === -1 ? '' : name.slice(point + 1);
}

const isSameSite = (one: string, other: string): boolean => one === other || siteOf(one) === siteOf(other);

/** The part of a host that one owner registers: `example.co.uk` of `shop.example.co.uk`. Addresses are whole. */
const siteOf = memoized((host: string): string => {
  if (/^[\d.]+$/.test(host) || host.startsWith('[')) return host;
  const labels = host.split('.');
  const top = labels.at(-1) ?? '';
  const second = labels.at(-2) ?? '';
  const isNarrower = (top.length === 2 && SECOND_LEVELS.has(second)) || SHARED_DOMAINS.has(`${second}.${top}`);
  return labels.slice(isNarrower ? -3 : -2).join('.');
}, 1000);
