import type { LakeView } from './column.ts';

/** Views of how the shop does: figures a day, cohorts, stages, products, and the quality of the data. */
export const insightViews: readonly LakeView[] = [];
