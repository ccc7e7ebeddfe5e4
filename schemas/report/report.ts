/** What a report is: plain data, from which its query, its answers, its chart and its description are made. */

interface Parameter {
  readonly name: string;
  readonly description: string;
}

/** A UTC day, YYYY-MM-DD. */
export interface DayParameter extends Parameter {
  readonly type: 'day';
  /** For a caller who names none: days before today, of `from` before the last day of the range. */
  readonly daysAgo: number;
}

/** One of a few words. Without a default it may be left out, and then it filters nothing. */
export interface ChoiceParameter extends Parameter {
  readonly type: 'choice';
  readonly values: readonly string[];
  readonly default?: string;
}

/** A whole number. */
export interface WholeParameter extends Parameter {
  readonly type: 'whole';
  readonly least: number;
  readonly most: number;
  readonly default: number;
}

/** Any text of up to 256 characters. Left out it filters nothing. */
export interface TextParameter extends Parameter {
  readonly type: 'text';
  readonly required?: true;
}

/** ISO 4217 code of the money; by default the reporting currency of the stage. */
export interface CurrencyParameter extends Parameter {
  readonly type: 'currency';
}

/** Id of a segment, or `<id>:<value>` of one that tags. Left out it filters nothing. */
export interface SegmentParameter extends Parameter {
  readonly type: 'segment';
}

/** A list of names: separated by commas, or the parameter repeated. */
export interface NamesParameter extends Parameter {
  readonly type: 'names';
  readonly least: number;
  readonly most: number;
  readonly default: readonly string[];
}

export type ReportParameter =
  | DayParameter
  | ChoiceParameter
  | WholeParameter
  | TextParameter
  | CurrencyParameter
  | SegmentParameter
  | NamesParameter;

export type AppliedValue = string | number | readonly string[] | null;

/** What a report is made with, defaults filled in; null for a filter that was left out. */
export type AppliedParameters = Readonly<Record<string, AppliedValue>>;

export type CellType = 'text' | 'day' | 'instant' | 'whole' | 'number' | 'money' | 'truth';

/** How a number is read: `share` is a part of 1, `seconds` and `days` are durations. */
export type CellUnit = 'share' | 'seconds' | 'days';

export interface ReportColumn {
  readonly name: string;
  readonly type: CellType;
  readonly unit?: CellUnit;
  readonly description: string;
  /** The query gives the place, from 1, of a name in this list parameter, for which the name is answered. */
  readonly namedBy?: string;
}

/** How rows become a picture. Every name is one of a column. */
export type ReportChart =
  /** `y` over `x`; with `series`, one line or stack for each value of that column. */
  | {
      readonly kind: 'line' | 'bar' | 'stackedBar';
      readonly x: string;
      readonly y: readonly string[];
      readonly series?: string;
      /** A second axis, on the right, for what has another unit. */
      readonly right?: readonly string[];
    }
  /** A bar for each row, the first row on top: for things with names, of which the first columns may have none. */
  | { readonly kind: 'rows'; readonly label: readonly string[]; readonly y: readonly string[] }
  /** Only rows of which `where` is true are shown. */
  | {
      readonly kind: 'heatmap';
      readonly x: string;
      readonly y: string;
      readonly value: string;
      readonly where: string;
    }
  | { readonly kind: 'funnel'; readonly label: string; readonly value: string }
  /** Figures that have no common picture. */
  | { readonly kind: 'none' };

/**
 * How far back of `from` a report has to read: days of arrival, or all of them. What arrives later than `from` is
 * always read: an event cannot arrive before it happened.
 */
export type History = { readonly days: number } | 'all';

export interface Report {
  /** Of its address: `/v1/reports/<name>`. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: readonly ReportParameter[];
  readonly columns: readonly ReportColumn[];
  readonly history: History;
  /**
   * Whether each view reads the events by itself, just what it needs of them, and not all from one reading. Of help where
   * a view needs few events and another one many; to Athena it is the same.
   */
  readonly readsApart?: true;
  /**
   * Trino SQL over the views of the lake by their bare names. `:name` stands for a parameter's value, in WHERE only;
   * a text that was left out is ''. A report with a range has `:from` and `:until`, timestamps of its first midnight and
   * the one after its last day, and `:from_day` and `:to_day`, texts. Its columns are those of `columns`, in this order.
   * Where it is a function, its form depends on choices or on how many names are given; never does a text enter it.
   */
  readonly sql: string | ((applied: AppliedParameters) => string);
  readonly chart: ReportChart;
}
