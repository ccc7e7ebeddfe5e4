import type { Report } from './report.ts';
import { alerts, dataQuality, overview, rejections, statistics } from './reports/data.ts';
import { funnel } from './reports/funnel.ts';
import { acquisition, attribution, marketing, searchTerms } from './reports/origins.ts';
import { lifecycle, retention, rfm, segmentSizes } from './reports/people.ts';
import { recommendations } from './reports/recommendations.ts';
import { carts, orders, productAffinity, products, refunds, revenue } from './reports/shop.ts';
import { devices, landingPages, pages, traffic, trafficSources } from './reports/traffic.ts';

/** Every report, in the order in which they are listed. */
export const reports: readonly Report[] = [
  overview,
  traffic,
  trafficSources,
  devices,
  pages,
  landingPages,
  searchTerms,
  funnel,
  products,
  productAffinity,
  recommendations,
  carts,
  orders,
  revenue,
  refunds,
  acquisition,
  attribution,
  marketing,
  retention,
  lifecycle,
  rfm,
  segmentSizes,
  statistics,
  dataQuality,
  rejections,
  alerts,
];
