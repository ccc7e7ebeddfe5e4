import { type ReportFormat, reportFormats } from '../../schemas/api/report-routes.ts';
import type { GivenParameters, ParameterIssue } from '../../shared/reports/parameter-values.ts';
import type { HttpEvent } from '../middleware/http.ts';

export interface GivenRequest {
  readonly format: ReportFormat;
  /** Tags of answers that the caller holds. */
  readonly held: readonly string[];
  /** All parameters but the format. */
  readonly parameters: GivenParameters;
  /** What is wrong with the format. */
  readonly issues: readonly ParameterIssue[];
}

/**
 * What a request for a report gives. Parameters are read from the query itself: API Gateway joins repeated ones by commas,
 * and a name may hold one.
 */
export function readRequest(event: HttpEvent, formats: readonly ReportFormat[] = reportFormats): GivenRequest {
  const query = new URLSearchParams(event.rawQueryString);
  const given = query.getAll('format');
  const [format = 'json'] = given;
  const isFormat = given.length < 2 && isOneOf(formats, format);
  query.delete('format');
  const names = new Set(query.keys());
  return {
    format: isFormat ? format : 'json',
    held: tagsOf(event.headers['if-none-match']),
    parameters: Object.fromEntries([...names].map((name) => [name, query.getAll(name)])),
    issues: isFormat ? [] : [{ path: 'format', message: wrongFormat(given, formats) }],
  };
}

function wrongFormat(given: readonly string[], formats: readonly ReportFormat[]): string {
  if (given.length > 1) return `is given ${given.length} times: give it once`;
  return `is ${JSON.stringify(given[0]?.slice(0, 60).toWellFormed())}: give one of ${formats.join(', ')}`;
}

const isOneOf = <T extends string>(values: readonly T[], text: string): text is T =>
  (values as readonly string[]).includes(text);

/** Weak and strong tags are compared alike: RFC 9110, 13.1.2. */
const tagsOf = (header = ''): string[] => [...header.matchAll(/"[^"]*"|\*/g)].map(([tag]) => tag);
