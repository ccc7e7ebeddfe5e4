import type { TrafficChannel } from '../../schemas/event/vocabulary.ts';

type Source = Exclude<TrafficChannel, 'on_site' | 'direct'>;

const table = (rows: readonly (readonly [Source, string])[]): ReadonlyMap<string, Source> =>
  new Map(rows.flatMap(([channel, names]) => names.split(' ').map((name): [string, Source] => [name, channel])));

/** Query parameters that networks append to a link, strongest first, and the channel that each proves. */
export const CLICK_IDS: ReadonlyMap<string, Source> = table([
  [
    'paid',
    'gclid gbraid wbraid dclid msclkid ttclid twclid li_fat_id sccid rdt_cid epik yclid gad_source ko_click_id irclickid',
  ],
  ['email', 'mc_eid mkt_tok vero_id _kx _hsenc'],
  ['social', 'fbclid igshid igsh'],
  ['organic', 'srsltid'],
]);

/** `utm_medium` in lower case. Media that begin with `paid` are paid too. */
export const MEDIA: ReadonlyMap<string, Source> = table([
  [
    'paid',
    'cpc ppc cpm cpv cpa cpp cpl display banner retargeting remarketing sem affiliate affiliates interstitial expandable ads ad',
  ],
  ['email', 'email e-mail e_mail newsletter mail'],
  ['social', 'social social-network social_network social-media social_media sm organic_social organic-social'],
  ['organic', 'organic organic_search organic-search seo'],
  ['referral', 'referral link partner pr app qr sms push'],
]);

/** `utm_source` in lower case, where the medium says nothing. */
export const SOURCES: ReadonlyMap<string, Source> = table([
  ['paid', 'adwords googleads google_ads google-ads bingads bing_ads adroll criteo taboola outbrain'],
  ['email', 'email e-mail newsletter mailchimp klaviyo sendgrid hubspot_email customer.io braze_email'],
  [
    'social',
    'facebook fb instagram ig twitter x linkedin pinterest tiktok snapchat reddit youtube threads whatsapp telegram vk weibo wechat mastodon bluesky',
  ],
  ['organic', 'google bing yahoo duckduckgo yandex baidu ecosia qwant startpage naver seznam brave'],
]);

/** Hosts of referrers, with all of their subdomains; the most specific entry counts. */
export const REFERRER_HOSTS: ReadonlyMap<string, Source> = table([
  [
    'email',
    'mail.google.com mail.yahoo.com mail.yahoo.co.jp outlook.live.com outlook.office.com outlook.office365.com mail.aol.com mail.yandex.ru mail.ru mail.proton.me mail.zoho.com mail.163.com mail.qq.com webmail.freenet.de navigator.web.de navigator.gmx.net com.google.android.gm',
  ],
  [
    'social',
    'facebook.com fb.com fb.me messenger.com instagram.com twitter.com x.com t.co linkedin.com lnkd.in pinterest.com pin.it tiktok.com snapchat.com reddit.com youtube.com youtu.be threads.net threads.com whatsapp.com wa.me telegram.org t.me vk.com ok.ru weibo.com t.cn douyin.com xiaohongshu.com tumblr.com quora.com discord.com bsky.app mastodon.social medium.com twitch.tv line.me xing.com com.facebook.katana com.instagram.android com.twitter.android com.linkedin.android com.pinterest com.reddit.frontpage',
  ],
  [
    'organic',
    'bing.com duckduckgo.com search.yahoo.com search.yahoo.co.jp baidu.com so.com sogou.com ya.ru ecosia.org qwant.com startpage.com search.brave.com search.naver.com search.daum.net seznam.cz search.aol.com ask.com dogpile.com swisscows.com mojeek.com kagi.com com.google.android.googlequicksearchbox',
  ],
  [
    'referral',
    'docs.google.com drive.google.com sites.google.com classroom.google.com groups.google.com accounts.google.com',
  ],
]);

/** Brands that have a domain in many countries: `google.de`, `google.co.uk`, `pinterest.fr`. */
export const REFERRER_BRANDS: ReadonlyMap<string, Source> = table([
  ['organic', 'google yahoo yandex'],
  ['social', 'pinterest facebook'],
]);

/** Second levels under which names are registered, in the countries that have them: `shop.co.uk`. */
export const SECOND_LEVELS: ReadonlySet<string> = new Set('co com org net gov ac edu or ne go gob nom'.split(' '));

/** Domains whose subdomains belong to different owners. */
export const SHARED_DOMAINS: ReadonlySet<string> = new Set(
  'github.io gitlab.io myshopify.com herokuapp.com vercel.app netlify.app web.app firebaseapp.com pages.dev workers.dev blogspot.com wordpress.com wixsite.com squarespace.com webflow.io amazonaws.com cloudfront.net azurewebsites.net ngrok.io ngrok.app'.split(
    ' ',
  ),
);
