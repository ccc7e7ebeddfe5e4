import type { StreamSignals } from '../../schemas/event/stream-record.ts';
import { isPersonalisation, type Purpose, purposes } from '../../schemas/event/vocabulary.ts';
import type { ConsentSettings, Grants, Region } from '../../schemas/privacy-settings.ts';

type Fields = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** What an event says of consent, as Segment's SDKs send it: `context.consent.categoryPreferences`, by purpose. */
export const preferencesOf = (context: unknown): Fields | undefined =>
  objectOf(objectOf(objectOf(context)?.consent)?.categoryPreferences);

/** The purposes that were denied by default when the event came: cleaning writes them to `context.consent.defaults`. */
export function deniedByDefault(context: unknown): readonly Purpose[] {
  const defaults = objectOf(objectOf(objectOf(context)?.consent)?.defaults);
  return defaults === undefined ? noPurposes : purposes.filter((purpose) => defaults[purpose] === false);
}

const noPurposes: readonly Purpose[] = Object.freeze([]);

/** What an event chooses for the purposes that Headwater knows, however they are spelt; of two spellings the refusal. */
export function choicesIn(context: unknown): Readonly<Partial<Record<Purpose, boolean>>> {
  const said = preferencesOf(context);
  if (said === undefined) return silence;
  const choices: Partial<Record<Purpose, boolean>> = {};
  for (const [name, granted] of Object.entries(said)) {
    const purpose = typeof granted === 'boolean' ? purposeOf(name) : undefined;
    if (purpose !== undefined) choices[purpose] = (choices[purpose] ?? true) && granted === true;
  }
  return choices;
}

const silence: Readonly<Partial<Record<Purpose, boolean>>> = Object.freeze({});

function purposeOf(name: string): Purpose | undefined {
  if (isPersonalisation(name)) return 'personalisation';
  const small = name.toLowerCase();
  return purposes.find((purpose) => purpose === small);
}

/** What holds for somebody who has made no choice. `country` is in capitals. */
export function defaultsFor(settings: ConsentSettings, { doNotTrack, country }: StreamSignals): Grants {
  if (doNotTrack === true && settings.doNotTrack === 'deny') return none;
  const { defaults, regions } = settings;
  const region = country === undefined ? undefined : regions.find(({ countries }) => countries.includes(country));
  if (region === undefined) return defaults;
  const own = region.defaults;
  return {
    analytics: own.analytics ?? defaults.analytics,
    personalisation: own.personalisation ?? defaults.personalisation,
    marketing: own.marketing ?? defaults.marketing,
  };
}

const none: Grants = { analytics: false, personalisation: false, marketing: false };

/** Whether the settings can deny anything that nobody chose. */
export const mayDeny = ({ defaults, regions, doNotTrack }: ConsentSettings): boolean =>
  doNotTrack === 'deny' || [defaults, ...regions.map((region) => region.defaults)].some(deniesAny);

const deniesAny = (grants: Region['defaults']): boolean => purposes.some((purpose) => grants[purpose] === false);

/** A country's code in capitals, or undefined for what cannot be one. */
export function countryOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim().toUpperCase() : '';
  return /^[A-Z]{2}$/.test(text) ? text : undefined;
}

/** Whether a context can tell what was denied by default: it and its `consent` are objects, or not there. */
export const isStampable = (context: unknown): boolean => {
  if (context === undefined || context === null) return true;
  const own = objectOf(context);
  return (
    own !== undefined && (own.consent === undefined || own.consent === null || objectOf(own.consent) !== undefined)
  );
};

/**
 * Writes down in a message which purposes are denied by default, so that raw, events and profile say so alike, whenever
 * they are read. Changes `message`.
 */
export function stampDefaults(
  message: Record<string, unknown>,
  settings: ConsentSettings,
  signals: StreamSignals,
): void {
  if (!isStampable(message.context)) return;
  const own = objectOf(message.context) ?? {};
  const consent = objectOf(own.consent) ?? {};
  const country = signals.country ?? countryOf(objectOf(own.location)?.country);
  const grants = defaultsFor(settings, { ...signals, ...(country !== undefined && { country }) });
  const denied = purposes.filter((purpose) => !grants[purpose]);
  if (denied.length === 0) return;
  const defaults = { ...objectOf(consent.defaults), ...Object.fromEntries(denied.map((purpose) => [purpose, false])) };
  message.context = { ...own, consent: { ...consent, defaults } };
}
