import { type DateFormat, readDateFormat } from '../../schemas/import/date-format.ts';
import type { ImportMap } from '../../schemas/import/map.ts';
import type { MapProblem } from '../../schemas/import/read-map.ts';
import type { CellReader, Columns } from './columns.ts';
import type { DecimalSign } from './exact-number.ts';
import { TimeZone } from './zoned-time.ts';

/** What the parts of a map share while they become functions. */
export class Compiler {
  readonly decimal: DecimalSign;
  readonly formats: readonly DateFormat[];
  readonly zone: TimeZone;
  /** What the map asks of the file that it does not have. */
  readonly problems: MapProblem[] = [];
  readonly #columns: Columns;

  constructor({ format, dateFormat = 'iso', timeZone = 'UTC' }: ImportMap, columns: Columns) {
    this.decimal = format?.decimal ?? '.';
    this.formats = [dateFormat].flat().map(readDateFormat);
    this.zone = new TimeZone(timeZone);
    this.#columns = columns;
  }

  reader(column: string, path: string): CellReader {
    const reader = this.#columns.reader(column);
    if (typeof reader !== 'string') return reader;
    this.problems.push({ path, message: reader });
    return () => undefined;
  }
}
