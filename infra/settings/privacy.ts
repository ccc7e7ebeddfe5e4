import { z } from 'zod';
import { fieldPath, openPrivacy } from '../../schemas/privacy-settings.ts';
import { expiringTables } from '../../schemas/retention.ts';

const grants = { analytics: z.boolean(), personalisation: z.boolean(), marketing: z.boolean() };

const days = z.int().min(1).max(36_500);
const keptDays = days.optional();
type KeptDays = Record<(typeof expiringTables)[number], typeof keptDays>;
const tablesKept = Object.fromEntries(expiringTables.map((table) => [table, keptDays])) as KeptDays;
/** Tables from which profiles and their segments are computed anew. */
const behindProfiles = ['raw', 'events'] as const;

/** What holds for people who made no choice, what of an event is kept, and for how long. */
export const privacy = z
  .strictObject({
    consent: z
      .strictObject({
        /** Whether each purpose is granted until somebody says otherwise. Without `analytics` nothing is stored. */
        defaults: z
          .strictObject({
            analytics: grants.analytics.default(openPrivacy.consent.defaults.analytics),
            personalisation: grants.personalisation.default(openPrivacy.consent.defaults.personalisation),
            marketing: grants.marketing.default(openPrivacy.consent.defaults.marketing),
          })
          .prefault({}),
        /** What holds in some countries instead; the first that names the country counts. */
        regions: z
          .array(
            z.strictObject({
              countries: z.array(z.string().regex(/^[A-Z]{2}$/, 'is no ISO 3166-1 code such as DE')).min(1),
              defaults: z.strictObject(grants).partial(),
            }),
          )
          .default([]),
        /**
         * Header in which something in front of the API, such as CloudFront, names the country; it must replace what clients
         * send. Without the header `context.location.country` of an event counts.
         */
        countryHeader: z
          .string()
          .regex(/^[a-z0-9-]{1,60}$/, 'is no name of a header in small letters')
          .default(openPrivacy.consent.countryHeader),
        /** Whether browsers that ask not to be tracked (`DNT: 1`, `Sec-GPC: 1`) deny every purpose by default. */
        doNotTrack: z.enum(['ignore', 'deny']).default(openPrivacy.consent.doNotTrack),
      })
      .prefault({}),
    /**
     * Fields that are dropped, or replaced by a hash of their text, before anything is stored:
     * `{ path: 'traits.email', action: 'hash' }`. A path begins with traits, properties or context; `*` stands for each
     * element of a list. A hashed trait identifies nobody.
     */
    fields: z
      .array(
        z.strictObject({
          path: z.string().regex(fieldPath, 'is no path such as traits.email or properties.products.*.note'),
          action: z.enum(['drop', 'hash']),
        }),
      )
      .default([]),
    /**
     * Days that rows of the lake are kept, by table: `{ raw: 90, events: 730 }`. A day goes when so many whole days have
     * passed since its end; a table that is not named is kept. Profiles that are rebuilt know no more than `raw` does.
     *
     * `profiles` is for people: of whom nothing was seen for so many days, whatever key they used, goes from profiles and
     * segments, within two days. `raw` and `events` must be kept no longer, or a rebuild would bring them back, and segments
     * in the lake would count them.
     */
    retention: z
      .strictObject({ ...tablesKept, profiles: days.min(2).optional() })
      .superRefine(({ profiles, ...tables }, { addIssue }) => {
        if (profiles === undefined) return;
        for (const table of behindProfiles) {
          const kept = tables[table];
          if (kept !== undefined && kept <= profiles) continue;
          const given = kept === undefined ? 'is kept for good' : `is ${kept}`;
          const message = `${given}, longer than profiles (${profiles}): people who are forgotten would come back by it`;
          addIssue({ code: 'custom', path: [table], message });
        }
      })
      .prefault({}),
  })
  .prefault({});

/** What functions are told of it. */
export const toldOfPrivacy = ({ consent, fields }: z.output<typeof privacy>): string =>
  JSON.stringify({ consent, fields });
