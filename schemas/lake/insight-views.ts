import type { LakeView } from './column.ts';
import { peopleInsightViews } from './people-insight-views.ts';
import { qualityViews } from './quality-views.ts';
import { salesInsightViews } from './sales-insight-views.ts';

/** Views of how the shop does: figures a day, cohorts, stages, products, and the quality of the data. */
export const insightViews: readonly LakeView[] = [...salesInsightViews, ...peopleInsightViews, ...qualityViews];
