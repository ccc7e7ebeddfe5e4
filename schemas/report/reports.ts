import type { Report } from './report.ts';
import { dataQuality, rejections } from './reports/data.ts';
import { funnel } from './reports/funnel.ts';
import { lifecycle, retention, segmentSizes } from './reports/people.ts';
import { carts, orders, products, refunds, revenue } from './reports/shop.ts';
import { devices, landingPages, pages, traffic, trafficSources } from './reports/traffic.ts';

/** Every report, in the order in which they are listed. */
export const reports: readonly Report[] = [
  traffic,
  trafficSources,
  devices,
  pages,
  landingPages,
  funnel,
  products,
  carts,
  orders,
  revenue,
  refunds,
  retention,
  lifecycle,
  segmentSizes,
  dataQuality,
  rejections,
];
