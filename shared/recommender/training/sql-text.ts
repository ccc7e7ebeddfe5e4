/** A number as a double literal of Trino: `0.5` alone would be a decimal. */
export const double = (value: number): string => value.toExponential().replace('e', 'E').replace('E+', 'E');

/** A text literal. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A moment as a literal. */
export const moment = (ms: number): string =>
  `TIMESTAMP '${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')}'`;
