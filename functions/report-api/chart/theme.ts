import type { EChartsCoreOption } from 'echarts/core';
import type { AppliedParameters, Report } from '../../../schemas/report/report.ts';
import { titleOf } from '../../../shared/reports/series.ts';

export type Option = EChartsCoreOption;

export interface Picture {
  readonly option: Option;
  readonly height: number;
}

export const WIDTH = 960;
export const HEIGHT = 480;

/** Told apart by people who see few colours as well: Okabe and Ito's, blue first. */
export const COLORS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#8a6fb0', '#9a9a9a'];
export const INK = '#1f2933';
export const QUIET = '#6b7785';
export const LINE = '#e4e7eb';
const FONT = 'Inter, Helvetica, Arial, sans-serif';

/** Room above a chart for its title, what it was made of, and its legend. */
export const HEAD = 104;

export const LEGEND = {
  left: 20,
  top: 66,
  itemWidth: 14,
  itemHeight: 8,
  icon: 'roundRect',
  textStyle: { color: QUIET, fontSize: 12 },
};

/** The title, what the report was made with, and how all charts look. */
export function framed({ title }: Report, applied: AppliedParameters, more: Readonly<Record<string, unknown>>): Option {
  return {
    animation: false,
    backgroundColor: '#ffffff',
    color: COLORS,
    textStyle: { fontFamily: FONT, color: INK },
    title: [
      {
        text: title,
        subtext: subtitle(applied),
        left: 20,
        top: 14,
        itemGap: 6,
        textStyle: { fontSize: 19, fontWeight: 600, color: INK },
        subtextStyle: { fontSize: 12, color: QUIET },
      },
    ],
    ...more,
  };
}

/** The picture of a report without rows says so. */
export function empty(report: Report, applied: AppliedParameters): Picture {
  const option = framed(report, applied, {});
  const nothing = {
    text: 'Nothing to show',
    subtext: 'No events of these days and filters.',
    left: 'center',
    top: 'middle',
    textStyle: { fontSize: 17, fontWeight: 500, color: QUIET },
    subtextStyle: { fontSize: 12, color: QUIET },
  };
  return { option: { ...option, title: [...(option.title as object[]), nothing] }, height: HEIGHT };
}

function subtitle(applied: AppliedParameters): string {
  const { from, to, limit: _, ...others } = applied;
  const range = from === undefined ? [] : [from === to ? String(from) : `${from} to ${to}`];
  const rest = Object.entries(others).flatMap(([name, value]) =>
    value === null || typeof value === 'object' ? [] : [`${titleOf(name).toLowerCase()}: ${value}`],
  );
  return [...range, ...rest].join('  ·  ');
}
