/** SQL for reports whose rows sum a period: `:period` may stand in WHERE only, so that one of three is chosen there. */

/** Joined to rows, with `period = :period` in WHERE, it names the period that was asked for. */
export const PERIODS = "(VALUES 'day', 'week', 'month') AS periods (period)";

/** First day of the period of a timestamp, as text. */
export const periodOf = (time: string): string =>
  `CAST(CASE period WHEN 'day' THEN date(${time}) WHEN 'week' THEN date_trunc('week', date(${time})) ELSE date_trunc('month', date(${time})) END AS varchar)`;

/** A part of 1; NULL where the whole is 0. */
export const partOf = (part: string, whole: string): string => `CAST(${part} AS double) / nullif(${whole}, 0)`;
