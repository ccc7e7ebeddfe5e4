import type { marketingSpendLanded } from '../../schemas/lake/spend-table.ts';
import type { SpendItem } from '../../schemas/stream/control.ts';
import type { ColumnReaders } from './column-readers.ts';
import { type Position, positionReaders } from './position.ts';

export interface SpendSource {
  readonly item: SpendItem;
  readonly position: Position;
}

export const spendReaders: ColumnReaders<typeof marketingSpendLanded, SpendSource> = {
  date: ({ item }) => item.date,
  channel: ({ item }) => item.channel,
  source: ({ item }) => item.source,
  medium: ({ item }) => item.medium,
  campaign: ({ item }) => item.campaign,
  currency: ({ item }) => item.currency,
  cost: ({ item }) => item.cost,
  impressions: ({ item }) => item.impressions,
  clicks: ({ item }) => item.clicks,
  import_id: ({ item }) => item.importId,
  import_row: ({ item }) => item.row,
  imported_at: ({ item }) => item.importedAt,
  ...positionReaders,
};
