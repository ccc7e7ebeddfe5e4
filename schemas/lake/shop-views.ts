import { DEFAULT_CURRENCY } from '../event/vocabulary.ts';
import { type LakeView, text } from './column.ts';
import { orderItems, orders, refunds } from './order-views.ts';
import { acquisition, attribution, funnels, searchTerms } from './origin-views.ts';
import {
  carts,
  nearParts,
  orderTellings,
  pageViews,
  productViews,
  sessionParts,
  sessions,
  visits,
} from './session-views.ts';
import { visitParts } from './visit-table.ts';

/** The view that names the currency of sums; a stage puts its own in the place of the default. */
export const reporting = {
  name: 'reporting',
  comment: 'The currency in which sums over people and days are given, one row: a setting of the stage.',
  columns: [text('currency', `ISO 4217 code, ${DEFAULT_CURRENCY} unless the stage says otherwise.`)],
} as const satisfies LakeView;

/** Views of what people do in the shop: sessions, pages, products, carts, orders, and where people come from. */
export const shopViews: readonly LakeView[] = [
  reporting,
  visitParts,
  nearParts,
  orderTellings,
  sessionParts,
  visits,
  sessions,
  pageViews,
  productViews,
  carts,
  orders,
  orderItems,
  refunds,
  acquisition,
  attribution,
  funnels,
  searchTerms,
];
