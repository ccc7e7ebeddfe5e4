import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';
import { apiKeyProblems, problemAnswer } from './problem.ts';
import { getReport, getReportRun, listReports } from './report-routes.ts';

const column = z
  .object({
    name: z.string(),
    type: z.enum(['text', 'day', 'instant', 'whole', 'number', 'money', 'truth']),
    unit: z
      .enum(['share', 'seconds', 'days'])
      .optional()
      .describe('How a number is read: share is a part of 1, the others are durations.'),
    description: z.string(),
  })
  .meta({ id: 'ReportColumn' });

const parameter = z
  .object({
    name: z.string(),
    type: z.enum(['day', 'choice', 'whole', 'text', 'currency', 'segment', 'names']),
    description: z.string(),
    required: z.boolean(),
    default: z
      .union([z.string(), z.number(), z.array(z.string())])
      .nullable()
      .describe('What holds when it is left out; null for a filter that then filters nothing.'),
    values: z.array(z.string()).optional().describe('What it may be.'),
    least: z.number().int().optional().describe('Least number, or number of names.'),
    most: z.number().int().optional().describe('Greatest number, or number of names.'),
  })
  .meta({ id: 'ReportParameter' });

const description = z
  .object({
    name: z.string().describe('Of its address: /v1/reports/<name>.'),
    title: z.string(),
    description: z.string(),
    parameters: z.array(parameter),
    columns: z.array(column),
    chart: z
      .object({ kind: z.enum(['line', 'bar', 'stackedBar', 'rows', 'heatmap', 'funnel', 'none']) })
      .describe('What format=svg draws.'),
  })
  .meta({ id: 'ReportDescription' });

const reportsList = z
  .object({ items: z.array(description), nextCursor: z.null().describe('All reports are on one page.') })
  .meta({ id: 'ReportsList' });
export type ReportsList = z.infer<typeof reportsList>;

const answer = z
  .object({
    name: z.string(),
    title: z.string(),
    parameters: z
      .record(z.string(), z.union([z.string(), z.number(), z.array(z.string())]).nullable())
      .describe('As applied, defaults filled in; null for a filter that was left out.'),
    columns: z.array(column),
    rows: z
      .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).nullable()))
      .describe('Objects by column name.'),
    dataVersion: z.iso.datetime().describe('Answers of one version are the same: it changes every minute or so.'),
    asOf: z.iso.datetime().describe('When the lake was asked.'),
    cached: z.boolean().describe('Whether the lake had been asked before this request.'),
    age: z.number().int().nonnegative().describe('Seconds since the lake was asked.'),
    scannedBytes: z.number().int().nonnegative().describe('Bytes that the query read.'),
    milliseconds: z.number().int().nonnegative().describe('What the query took.'),
  })
  .meta({ id: 'Report' });
export type ReportAnswer = z.infer<typeof answer>;

const running = z
  .object({
    runId: z.string(),
    report: z.string(),
    status: z.literal('running'),
    startedAt: z.iso.datetime(),
  })
  .meta({ id: 'ReportRun' });
export type RunningReport = z.infer<typeof running>;

const shared = { handler: 'report-api', tag: 'Reports' } as const;

const answers = {
  200: {
    id: 'ReportAnswer',
    description: 'The report; as CSV or as an SVG picture if format asks for it.',
    body: answer,
    otherTypes: ['text/csv', 'image/svg+xml'],
  },
  202: {
    id: 'ReportRunning',
    description: 'The report takes longer: ask the address in Location again, after Retry-After.',
    body: running,
  },
  304: { description: 'The report is still the one of If-None-Match.' },
  400: problemAnswer(
    'A parameter is wrong; errors names it, what was given and what may be.',
    'InvalidReportParameter',
  ),
  ...apiKeyProblems,
  503: problemAnswer('The lake could not be asked: try again after Retry-After.', 'QueryFailed'),
} as const;

export const reportEndpoints: readonly Endpoint[] = [
  {
    ...listReports,
    ...shared,
    summary: 'All reports: what each takes and what it answers.',
    responses: { 200: { description: 'All reports.', body: reportsList }, ...apiKeyProblems },
    example: '/v1/reports',
  },
  {
    ...getReport,
    ...shared,
    summary: 'A report of the lake.',
    description:
      'Takes the parameters that GET /v1/reports lists for it, and format: json, csv (RFC 4180) or svg (a chart). Asked again within a minute it answers at once; If-None-Match spares the rest.',
    responses: { ...answers, 404: problemAnswer('There is no report of this name; the detail lists them.') },
    example: '/v1/reports/revenue?from=2026-01-01&to=2026-01-31&period=week&format=csv',
  },
  {
    ...getReportRun,
    ...shared,
    summary: 'A report that took longer.',
    description: 'Waits for it for a while, then answers 202 again. A run is known for an hour.',
    responses: {
      ...answers,
      404: problemAnswer('There is no run of this id, or no longer: ask for the report again.'),
    },
    example: '/v1/reports/runs/0123456789abcdef0123456789abcdef',
  },
];
