/**
 * How requests reach the report endpoints, by `zod/mini`: see `profile-routes.ts`. The parameters of a report are read by
 * its own definition; these are the ones that most have.
 */
import * as z from 'zod/mini';
import type { Route } from './endpoint.ts';

export const reportFormats = ['json', 'csv', 'svg'] as const;
export type ReportFormat = (typeof reportFormats)[number];

const text = (description: string) => z.optional(z.string()).check(z.describe(description));

const format = text('json (the default), csv, or svg for a chart.');

const name = z.string().check(z.describe('Name of a report, as GET /v1/reports lists them.'));
const run = z
  .string()
  .check(
    z.regex(/^[0-9a-f]{32}$/, 'is no id of a run: take the address of the Location header'),
    z.describe('Id of a run, as the Location header of a 202 names it.'),
  );

export const listReports = {
  operationId: 'listReports',
  method: 'GET',
  path: '/v1/reports',
  auth: 'read',
  space: 'stage',
} as const satisfies Route;

export const getReport = {
  operationId: 'getReport',
  method: 'GET',
  path: '/v1/reports/{name}',
  auth: 'read',
  space: 'stage',
  params: z.object({ name }),
  query: z.object({
    from: text('First UTC day, YYYY-MM-DD. By default 29 days before today.'),
    to: text('Last UTC day, inclusive. By default today.'),
    segment: text('Id of a segment: only its members count.'),
    channel: text('Only visits that this channel brought.'),
    currency: text('ISO 4217 code: only money of this currency is summed.'),
    limit: text('Most rows of a list.'),
    format,
  }),
} as const satisfies Route;

export const getReportRun = {
  operationId: 'getReportRun',
  method: 'GET',
  path: '/v1/reports/runs/{id}',
  auth: 'read',
  space: 'stage',
  params: z.object({ id: run }),
  query: z.object({ format }),
} as const satisfies Route;

export const reportRoutes: readonly Route[] = [listReports, getReport, getReportRun];
