import type { LakeView } from './column.ts';

/** Views of what people do in the shop: sessions, pages, products, carts, orders, and where people come from. */
export const shopViews: readonly LakeView[] = [];
