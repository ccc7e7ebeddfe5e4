import type { recommendationsLanded } from '../../schemas/lake/recommendations-table.ts';
import type { Answered } from '../../schemas/stream/answered.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

export interface RecommendationSource {
  readonly answered: Answered;
  readonly position: Position;
}

export const recommendationReaders: ColumnReaders<typeof recommendationsLanded, RecommendationSource> = {
  recommendation_id: ({ answered }) => answered.id,
  profile_key: ({ answered }) => answered.key ?? undefined,
  placement: ({ answered }) => answered.placement,
  variant: ({ answered }) => answered.variant,
  model_version: ({ answered }) => answered.model ?? undefined,
  category: ({ answered }) => answered.category,
  items: ({ answered }) =>
    JSON.stringify(
      answered.items.map(({ itemId, score, reason }, place) => ({ item_id: itemId, rank: place + 1, score, reason })),
    ),
  requested_at: ({ answered }) => answered.requestedAt,
  ...positionReaders,
};
