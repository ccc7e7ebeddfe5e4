import type { Report } from '../../schemas/report/report.ts';

/** Whether there is a picture of a report. */
export const hasChart = ({ chart }: Report): boolean => chart.kind !== 'none';
