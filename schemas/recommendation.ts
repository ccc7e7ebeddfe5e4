/** What the recommendation endpoints answer. */
import * as z from 'zod';

const time = z.iso.datetime();
const part = z.number().min(0).max(1);

/** An item that is recommended, with what an app needs to show it. */
export const recommendedItem = z
  .object({
    itemId: z.string(),
    score: z.number().describe('How well it fits: compares within one answer.'),
    reason: z
      .string()
      .describe('Why it is here, for people: `viewed with Tent`, `popular in Camping`, `popular`, `trending`.'),
    title: z.string().optional(),
    category: z.string().optional().describe('Path, levels between ` > `.'),
    brand: z.string().optional(),
    price: z.number().optional(),
    currency: z.string().optional(),
    image: z.string().optional(),
    url: z.string().optional(),
  })
  .meta({ id: 'RecommendedItem' });
export type RecommendedItem = z.infer<typeof recommendedItem>;

const modelUsed = z.object({
  version: z.string().nullable().describe('Version of the model; null while none was trained.'),
  fallback: z
    .enum(['previous', 'none'])
    .optional()
    .describe(
      '`previous`: the latest version could not be read, an older one answered. `none`: none could, and the items are the latest of the catalog.',
    ),
});
export type ModelUsed = z.infer<typeof modelUsed>;

export const recommendations = z.object({
  recommendationId: z
    .string()
    .describe('Send it back as the property recommendation_id of events that come of this answer.'),
  items: z.array(recommendedItem),
  model: modelUsed,
});
export type Recommendations = z.infer<typeof recommendations>;

export const itemList = z.object({ items: z.array(recommendedItem), model: modelUsed });
export type ItemList = z.infer<typeof itemList>;

const quality = z.object({
  recall: part,
  ndcg: part,
  hitRate: part,
  map: part,
  coverage: part,
  novelty: z.number().describe('In bits.'),
});

const count = z.number().int().nonnegative();

/** How a training ended. */
export const modelVersion = z.object({
  version: z.string(),
  outcome: z
    .enum(['published', 'refused', 'nothing', 'failed'])
    .describe(
      '`refused`: worse than the version before, which went on. `nothing`: there were no interactions to learn from.',
    ),
  serving: z.boolean().describe('Whether this is the version that answers now.'),
  reason: z.string().optional().describe('Why it was not published.'),
  startedAt: time,
  endedAt: time,
  before: z.string().optional().describe('The version that was served until then.'),
  items: count.optional(),
  people: count.optional(),
  interactions: count.optional(),
  quality: quality.optional().describe('At rank 20 on people and times that training had not seen.'),
  baselines: z
    .object({ popularity: quality, cosine: quality, untuned: quality })
    .optional()
    .describe('What lists are worth on the same people without training, or with less of it.'),
  parameters: z.record(z.string(), z.unknown()).optional().describe('What the trainer chose.'),
});

export const modelVersions = z.object({ items: z.array(modelVersion), nextCursor: z.null() });
export type ModelVersions = z.infer<typeof modelVersions>;
