import type { CellType, CellUnit, ReportColumn } from './report.ts';

const columnOf =
  (type: CellType, unit?: CellUnit) =>
  (name: string, description: string): ReportColumn => ({ name, type, ...(unit && { unit }), description });

export const text = columnOf('text');
export const day = columnOf('day');
export const instant = columnOf('instant');
export const whole = columnOf('whole');
export const number = columnOf('number');
export const money = columnOf('money');
export const truth = columnOf('truth');
export const share = columnOf('number', 'share');
export const seconds = columnOf('number', 'seconds');
export const days = columnOf('number', 'days');
