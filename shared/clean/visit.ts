import { trafficChannel } from './channel.ts';
import { readDevice } from './device.ts';
import { maskAddress } from './mask-ip.ts';
import { readSessionId } from './session.ts';
import { type Draft, type JsonObject, ok, type StepResult } from './step.ts';
import { readCampaign, readWebAddress, type WebAddress } from './web-address.ts';

const none: JsonObject = {};
const noAddress: WebAddress = { host: undefined, path: undefined, campaign: undefined, clickId: undefined };

/** Reads what context and request say of the visit: page, campaign, referrer, channel, device, app. */
export function readVisit(draft: Draft): StepResult {
  const { context, properties, record } = draft;
  const page = partOf(context, 'page');
  const shown = draft.type === 'page' ? properties : none;
  const pageUrl = textOf(page.url) ?? textOf(shown.url);
  const address = pageUrl === undefined ? noAddress : readWebAddress(pageUrl);
  const search = searchAddress(address, textOf(page.search) ?? textOf(shown.search));
  const referrer = readReferrer(context, page, shown);
  const referrerHost = referrer === undefined ? undefined : readWebAddress(referrer).host;
  const campaign = readCampaign(context.campaign) ?? search.campaign;
  const clickId = search.clickId;
  const userAgent = textOf(context.userAgent) ?? record.userAgent;
  const device = readDevice(context, userAgent);
  const app = partOf(context, 'app');
  const library = partOf(context, 'library');
  draft.visit = {
    sessionId: readSessionId(context, draft.integrations, properties),
    pageUrl,
    pagePath: textOf(page.path) ?? textOf(shown.path) ?? address.path,
    pageTitle: textOf(page.title) ?? textOf(shown.title),
    pageHost: address.host,
    referrer,
    referrerHost,
    utmSource: campaign?.source,
    utmMedium: campaign?.medium,
    utmCampaign: campaign?.name,
    utmTerm: campaign?.term,
    utmContent: campaign?.content,
    clickIdType: clickId?.type,
    clickId: clickId?.value,
    channel: trafficChannel({ campaign, clickId, referrerHost, pageHost: address.host }),
    userAgent,
    browser: device.browser,
    browserVersion: device.browserVersion,
    os: device.os,
    osVersion: device.osVersion,
    deviceType: device.deviceType,
    isBot: device.isBot,
    ip: typeof context.ip === 'string' ? maskAddress(context.ip) : record.ip,
    locale: textOf(context.locale),
    timezone: textOf(context.timezone),
    appName: textOf(app.name),
    appVersion: textOf(app.version),
    library: textOf(library.name),
    libraryVersion: textOf(library.version),
  };
  return ok;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function partOf(context: JsonObject, name: string): JsonObject {
  const part = context[name];
  return typeof part === 'object' && part !== null && !Array.isArray(part) ? (part as JsonObject) : none;
}

/** The address whose query counts: the page's own, or its `search` where the URL came without. */
function searchAddress(address: WebAddress, search: string | undefined): WebAddress {
  if (search === undefined || address.campaign !== undefined || address.clickId !== undefined) return address;
  return readWebAddress(search.startsWith('?') ? search : `?${search}`);
}

/** RudderStack says `$direct` where there is none. */
function readReferrer(context: JsonObject, page: JsonObject, shown: JsonObject): string | undefined {
  const { referrer } = context;
  const found =
    textOf(page.referrer) ??
    textOf(typeof referrer === 'object' && referrer !== null ? (referrer as JsonObject).url : referrer) ??
    textOf(shown.referrer);
  return found === '$direct' ? undefined : found;
}
