import { type Purpose, purposes } from './event/vocabulary.ts';
import { type Variable, VariableError } from './variable.ts';

/** What holds for people who made no choice, and what of an event may be kept. Plain types: functions read them at each start. */

/** Whether each purpose is granted. */
export type Grants = Readonly<Record<Purpose, boolean>>;

/** What holds in some countries; what it leaves out is as elsewhere. */
export interface Region {
  /** ISO 3166-1 alpha-2 codes, in capitals. */
  readonly countries: readonly string[];
  readonly defaults: Readonly<Partial<Record<Purpose, boolean | undefined>>>;
}

export interface ConsentSettings {
  readonly defaults: Grants;
  /** The first that names the country holds. */
  readonly regions: readonly Region[];
  /** Header, in small letters, that names the sender's country. */
  readonly countryHeader: string;
  /** Whether `DNT: 1` or `Sec-GPC: 1` denies every purpose, until the person chooses otherwise. */
  readonly doNotTrack: 'ignore' | 'deny';
}

/** What becomes of a field before anything is stored. */
export interface FieldRule {
  /** Below `traits`, `properties` or `context`; `*` stands for each element of a list. */
  readonly path: string;
  readonly action: 'drop' | 'hash';
}

export interface PrivacySettings {
  readonly consent: ConsentSettings;
  readonly fields: readonly FieldRule[];
}

/** Everything is granted and kept. */
export const openPrivacy: PrivacySettings = {
  consent: {
    defaults: { analytics: true, personalisation: true, marketing: true },
    regions: [],
    countryHeader: 'cloudfront-viewer-country',
    doNotTrack: 'ignore',
  },
  fields: [],
};

/** What a field rule may name. */
export const fieldPath = /^(traits|properties|context)(\.(\*|[^.*\s]{1,100})){1,8}$/;

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const areGrants = (value: unknown): boolean =>
  isObject(value) && purposes.every((purpose) => typeof value[purpose] === 'boolean');
const isRegion = (value: unknown): boolean =>
  isObject(value) && Array.isArray(value.countries) && isObject(value.defaults);
const isConsent = (value: unknown): boolean =>
  isObject(value) &&
  areGrants(value.defaults) &&
  Array.isArray(value.regions) &&
  value.regions.every(isRegion) &&
  typeof value.countryHeader === 'string' &&
  (value.doNotTrack === 'ignore' || value.doNotTrack === 'deny');
const isFieldRule = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.path === 'string' &&
  fieldPath.test(value.path) &&
  (value.action === 'drop' || value.action === 'hash');

/** Privacy settings as JSON. */
export const privacySettings = (description: string): Variable<PrivacySettings> => ({
  description,
  read: (given) => {
    let settings: unknown;
    try {
      settings = JSON.parse(given);
    } catch {
      throw new VariableError('is no JSON');
    }
    if (!isObject(settings) || !isConsent(settings.consent)) throw new VariableError('has no whole `consent`');
    const { fields } = settings;
    if (!Array.isArray(fields) || !fields.every(isFieldRule)) throw new VariableError('has `fields` that are no rules');
    return settings as unknown as PrivacySettings;
  },
});
