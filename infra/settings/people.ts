import { z } from 'zod';
import { externalTraitName } from '../../schemas/identity-rules.ts';
import { spaceId } from '../../schemas/spaces.ts';

/** Names of traits, and values that are no identifiers. */
export const identity = z
  .strictObject({
    /** Traits that identify a person beside the user id: two anonymous visitors with one e-mail address are one person. */
    externalTraits: z
      .array(z.string().regex(externalTraitName, 'is a name of letters, digits, dashes and underscores'))
      .max(20)
      .default(['email', 'phone']),
    /** Values that are no identifiers, beside the built-in ones: they join nobody. */
    blockedIds: z.array(z.string().min(1).max(256)).default([]),
  })
  .refine(
    (rules) => JSON.stringify(rules).length <= 2_500,
    'is too long: a function has room for about 100 blocked ids',
  )
  .prefault({});

/**
 * Sources whose people are nobody of another source's, whatever ids and addresses they share, such as two brands. What arrives
 * from then on counts; so name a space before its first event, and keep it, without sources if need be, as long as it has data.
 */
export const spaces = z
  .array(
    z.strictObject({
      /** What ids of its people begin with, before a slash; a key may be limited to it. */
      id: z.string().regex(spaceId, 'is no name of 1 to 32 small letters, digits and dashes'),
      /** Sources of write keys, of direct producers, and `import:<name>` of imports. */
      sources: z.array(
        z
          .string()
          .min(1)
          .max(100)
          .refine((source) => !/^api(:|$)/.test(source), 'is the API itself, which knows whose people it writes for'),
      ),
    }),
  )
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'holds an id twice')
  .refine((list) => {
    const sources = list.flatMap((space) => space.sources);
    return new Set(sources).size === sources.length;
  }, 'holds a source twice: it can be of one space only')
  .default([]);

/** What functions are told of whose ids are whose. */
export const toldOfIdentity = (told: {
  readonly identity: z.output<typeof identity>;
  readonly spaces: z.output<typeof spaces>;
}): string => JSON.stringify({ ...told.identity, ...(told.spaces.length > 0 && { spaces: told.spaces }) });
