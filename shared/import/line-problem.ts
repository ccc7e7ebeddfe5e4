/** Why lines make nothing, beside the reasons that a map gives: stable codes. */
export const lineProblems = {
  broken_line: 'The line is no CSV or JSON object.',
  wrong_cell_count: 'The line has more or fewer cells than the header.',
  bad_encoding: 'The line is not in the encoding of the map.',
  missing_group_key: 'All columns of groupBy are empty.',
  repeated_group: 'Lines of the same group came before, and others in between.',
  group_too_large: 'The group has more than 10,000 lines.',
  no_event: 'No event of the map takes such lines.',
  not_a_number: 'A text that should be a number is none.',
  not_a_time: 'A text that should be a time is none.',
  not_true_or_false: 'A text that should be true or false is neither.',
  not_json: 'A text that should be JSON is none.',
  not_a_text: 'A value that should be a text is an object or a list.',
  unknown_value: 'A table of the map does not have the value.',
  missing_value: 'A value that has to be there is missing.',
  time_out_of_range: 'The time lies before 1970, or more than a day ahead.',
  unknown_currency: 'The currency is no code of ISO 4217.',
} as const;
export type LineProblemCode = keyof typeof lineProblems;

/** What makes a line, or a group of lines, unusable; thrown while a value is made. */
export class LineProblem extends Error {
  override readonly name = 'LineProblem';
  readonly reason: string;
  /** Path in the map, or in the event that it made. */
  readonly path: string;
  readonly detail: string;

  constructor(reason: string, path: string, detail: string) {
    super(`${reason} at ${path}: ${detail}`);
    this.reason = reason;
    this.path = path;
    this.detail = detail;
  }
}

/** A cell as a text that explains itself, cut where it is long. */
export const shown = (cell: unknown): string => {
  const text = JSON.stringify(cell) ?? 'nothing';
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};
