import { memoized } from './memo.ts';
import { CLICK_IDS } from './traffic-sources.ts';

/** What a web address says about a visit. */
export interface WebAddress {
  /** In lower case, without user, port and final point; undefined when there is none. */
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly campaign: Campaign | undefined;
  readonly clickId: ClickId | undefined;
}

/** Source and medium in lower case, as they are compared; the others as sent. */
export interface Campaign {
  readonly source: string | undefined;
  readonly medium: string | undefined;
  readonly name: string | undefined;
  readonly term: string | undefined;
  readonly content: string | undefined;
}

export interface ClickId {
  readonly type: string;
  readonly value: string;
}

/** Reads a URL leniently: what is missing stays undefined, and nothing throws. */
export const readWebAddress = memoized(parse, 1000);

const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::\d*)?/i;

function parse(url: string): WebAddress {
  const authority = AUTHORITY.exec(url);
  const rest = authority === null ? url : url.slice(authority[0].length);
  const hash = rest.indexOf('#');
  const beforeHash = hash === -1 ? rest : rest.slice(0, hash);
  const question = beforeHash.indexOf('?');
  const path = question === -1 ? beforeHash : beforeHash.slice(0, question);
  const host = authority?.[1]?.toLowerCase().replace(/\.$/, '');
  return {
    host: host === '' ? undefined : host,
    path: path === '' ? (host === undefined ? undefined : '/') : path,
    ...readQuery(question === -1 ? '' : beforeHash.slice(question + 1)),
  };
}

type QueryPart = Pick<WebAddress, 'campaign' | 'clickId'>;

function readQuery(query: string): QueryPart {
  let clickId: ClickId | undefined;
  const utm = new Map<string, string>();
  for (const part of query === '' ? [] : query.split('&')) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).toLowerCase();
    const value = equals === -1 ? '' : decode(part.slice(equals + 1)).trim();
    if (value === '') continue;
    if (name.startsWith('utm_')) utm.set(name.slice(4), value);
    else if (CLICK_IDS.has(name)) clickId = strongerClickId(clickId, { type: name, value });
  }
  return { campaign: utm.size === 0 ? undefined : campaignOf((field) => utm.get(field)), clickId };
}

/** An address with several click ids counts by the first in the order of the table. */
function strongerClickId(known: ClickId | undefined, other: ClickId): ClickId {
  if (known === undefined) return other;
  for (const type of CLICK_IDS.keys()) {
    if (type === known.type) return known;
    if (type === other.type) return other;
  }
  return known;
}

function campaignOf(field: (name: string) => string | undefined): Campaign {
  return {
    source: field('source')?.toLowerCase(),
    medium: field('medium')?.toLowerCase(),
    name: field('campaign') ?? field('name'),
    term: field('term'),
    content: field('content'),
  };
}

/** The campaign that an SDK put into the context; undefined when it says nothing. */
export function readCampaign(value: unknown): Campaign | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = value as Record<string, unknown>;
  const campaign = campaignOf((name) => {
    const text = fields[name];
    return typeof text === 'string' && text !== '' ? text : undefined;
  });
  return Object.values(campaign).some((text) => text !== undefined) ? campaign : undefined;
}

function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced).replaceAll('\0', '\ufffd');
  } catch {
    return spaced;
  }
}
