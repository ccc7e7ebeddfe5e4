import { z } from 'zod';

const share = (most = 1) => z.number().min(0).max(most);

/** What is recommended: how it is trained, and how it is served. */
export const recommendations = z
  .strictObject({
    /** When models are trained, as EventBridge writes it, in UTC. */
    schedule: z
      .string()
      .regex(/^(cron|rate)\(.+\)$/, 'is no schedule such as cron(0 3 * * ? *) or rate(1 day)')
      .default('cron(0 3 * * ? *)'),
    /**
     * How related items are found: `together` by what people had together, of any number of items; `ease` by the inverse of
     * what items have in common, better for a dense catalogue. Above 10,000 items that falls back to `together`.
     */
    method: z.enum(['together', 'ease']).default('together'),
    /** A version whose NDCG is worse than the present one's by more than this share is not published. */
    tolerance: share().default(0.1),
    /** Seconds that weighing parameters may take in each training; 0 takes the default ones. */
    tuningSeconds: z.int().min(0).max(600).default(180),
    /** Share of people who get popular items instead, so that the lift can be told. */
    holdoutShare: share(0.5).default(0.05),
    /** Whether what a person has bought may be recommended again. */
    repurchasable: z.boolean().default(false),
    /** Shares of what a score is made of, or `tuned`: weighed by the trainer where data allows. */
    blend: z
      .union([
        z.literal('tuned'),
        z
          .strictObject({ collaborative: share(), content: share(), popularity: share() })
          .refine((blend) => Math.abs(blend.collaborative + blend.content + blend.popularity - 1) < 1e-6, {
            error: 'does not add up to 1',
          }),
      ])
      .default('tuned'),
  })
  .prefault({});
