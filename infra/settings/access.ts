import { z } from 'zod';
import { accessKeyRules } from '../../schemas/access-key.ts';
import { issuerUrl } from '../../schemas/token-settings.ts';

const keyProperty = ({ pattern, is }: (typeof accessKeyRules)['id']) => z.string().regex(pattern, is);

/** `{id, sha256}` of each key; make the hash with `printf %s KEY | shasum -a 256`. */
export const keys = z
  .array(z.object({ id: keyProperty(accessKeyRules.id), sha256: keyProperty(accessKeyRules.sha256) }))
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, 'holds an id twice')
  .refine((list) => JSON.stringify(list).length <= 3_000, 'is too long: a function has room for about 25 keys')
  .default([]);

const placeOfIssuer = z.string().regex(issuerUrl, 'is no URL such as https://login.example.com');
const claimName = z.string().min(1).max(100);

/** Who may call beside those with keys. */
export const auth = z
  .strictObject({
    /** Tokens of one issuer by OpenID Connect, as `Authorization: Bearer <JWT>`. */
    jwt: z
      .strictObject({
        /** As the claim `iss` has it, to the letter. */
        issuer: placeOfIssuer,
        /** What the claim `aud` must hold: one, or any of several. */
        audience: z.union([
          z
            .string()
            .min(1)
            .transform((one) => [one]),
          z.array(z.string().min(1)).min(1),
        ]),
        /** Where the issuer's keys are. Without it, `/.well-known/openid-configuration` of the issuer tells. */
        jwksUri: placeOfIssuer.optional(),
        /** Claim with the scopes read, manage and privacy: text with spaces, or a list. */
        scopesClaim: claimName.default('scope'),
        /** What stands before them there, such as `headwater:`. */
        scopePrefix: z.string().max(100).default(''),
        /** Claim that says whose token it is. The audit log has a hash of it, or the name of an application (`client_id`, `azp`). */
        keyIdClaim: claimName.default('sub'),
        /**
         * Claim that names the one of `spaces` whose people a token is for, or `*` for all people: a token without it is
         * refused then. Left out, every token is for all people.
         */
        spaceClaim: claimName.optional(),
      })
      .optional(),
  })
  .prefault({});
