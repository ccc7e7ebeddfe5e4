import type { EventRule, ImportMap, SpendRule } from '../../schemas/import/map.ts';
import { MapError } from '../../schemas/import/read-map.ts';
import type { Value } from '../../schemas/import/value.ts';
import type { CellReader, Columns, Row } from './columns.ts';
import { compileSpend, type Spend } from './compile-spend.ts';
import { type CompiledTest, compileTest } from './compile-test.ts';
import { compileFields, compileText, compileValue } from './compile-value.ts';
import { Compiler } from './compiler.ts';
import { LineProblem } from './line-problem.ts';

/** An event as a map makes it, without a messageId. */
export interface MadeEvent {
  /** Place of its rule in the map. */
  readonly rule: number;
  readonly message: Readonly<Record<string, unknown>>;
}

/** A map, ready for the lines of a file that has its columns. */
export interface Plan {
  readonly target: 'events' | 'spend';
  /** Whether a group that comes again makes another event. */
  readonly repeats: 'reject' | 'event';
  /** Whether lines of one key that follow each other belong together; otherwise each line stands for itself. */
  readonly joinsLines: boolean;
  /** Reason and path of the first rule of `reject` that a line passes. */
  rejectionOf(row: Row): { readonly reason: string; readonly path: string } | undefined;
  /** What tells a group from others; undefined when all columns of groupBy are empty. */
  keyOf(row: Row): string | undefined;
  /** The events of a group. Throws `LineProblem`. */
  eventsOf(lines: readonly Row[]): MadeEvent[];
  /** The spend of a line. Throws `LineProblem`. */
  spendOf(row: Row): Spend;
}

/** Makes functions of a map. Throws `MapError` that names each column that the file does not have. */
export function compileMap(map: ImportMap, columns: Columns): Plan {
  const compiler = new Compiler(map, columns);
  const rejections = (map.reject ?? []).map(({ reason, when }, at) => {
    const path = `reject.${at}`;
    return { reason, path, test: compileTest(when, `${path}.when`, compiler) };
  });
  const keys = map.groupBy?.map((column, at) => compiler.reader(column, `groupBy.${at}`));
  const rules = (map.events ?? []).map((rule, at) => compileEvent(rule, at, map, compiler));
  const spend = map.spend === undefined ? undefined : compileSpend(map.spend as SpendRule, compiler);
  if (compiler.problems.length > 0) throw new MapError(compiler.problems);

  return {
    target: map.target ?? 'events',
    repeats: map.repeats ?? (keys === undefined ? 'event' : 'reject'),
    joinsLines: keys !== undefined,
    rejectionOf: (row) => rejections.find(({ test }) => test(row)),
    keyOf: (row) => (keys === undefined ? JSON.stringify(row) : keyOf(keys, row)),
    eventsOf: (lines) => {
      const [first] = lines as [Row];
      const made = rules.flatMap(({ when, make }, rule) =>
        when === undefined || when(first) ? [{ rule, message: make(first, lines) }] : [],
      );
      if (made.length > 0) return made;
      throw new LineProblem('no_event', 'events', 'expected an event whose `when` such lines pass, found none');
    },
    spendOf: (row) => {
      if (spend === undefined) throw new TypeError('The map has no spend: readImportMap asks for it.');
      return spend(row);
    },
  };
}

function keyOf(keys: readonly CellReader[], row: Row): string | undefined {
  const cells = keys.map((read) => read(row) ?? null);
  return cells.every((cell) => cell === null) ? undefined : JSON.stringify(cells);
}

interface CompiledEvent {
  readonly when: CompiledTest | undefined;
  readonly make: (row: Row, lines: readonly Row[]) => Record<string, unknown>;
}

const idFields = ['userId', 'anonymousId', 'groupId', 'previousId', 'name', 'event'] as const;
const objectFields = ['properties', 'traits', 'context'] as const;

/** What an event says itself goes before what all share; properties, traits and context are merged field by field. */
function compileEvent(rule: EventRule, at: number, map: ImportMap, compiler: Compiler): CompiledEvent {
  const path = `events.${at}`;
  const shared: Partial<EventRule> = map.common ?? {};
  const placeOf = (field: keyof EventRule) => (rule[field] === undefined ? `common.${field}` : `${path}.${field}`);
  const texts = idFields.flatMap((field) => {
    const value = rule[field] ?? shared[field];
    const place = placeOf(field);
    return value === undefined ? [] : [[field, compileText(value as Value, place, compiler)] as const];
  });
  const objects = objectFields.flatMap((field) => {
    const own = rule[field];
    const common = shared[field];
    if (own === undefined && common === undefined) return [];
    const parts = [
      ...(common === undefined ? [] : [compileFields(common, `common.${field}`, compiler)]),
      ...(own === undefined ? [] : [compileFields(own, `${path}.${field}`, compiler)]),
    ];
    return [[field, parts] as const];
  });
  const timePlace = placeOf('timestamp');
  const time = compileValue((rule.timestamp ?? shared.timestamp) as Value, timePlace, compiler, 'time');

  return {
    when: rule.when && compileTest(rule.when, `${path}.when`, compiler),
    make: (row, lines) => {
      const message: Record<string, unknown> = { type: rule.type ?? 'track' };
      for (const [field, make] of texts) {
        const text = make(row, lines);
        if (text !== undefined) message[field] = text;
      }
      const timestamp = time(row, lines);
      if (timestamp === undefined) throw new LineProblem('missing_value', timePlace, 'expected a time, found none');
      message.timestamp = timestamp;
      for (const [field, parts] of objects) {
        message[field] = Object.assign({}, ...parts.map((make) => make(row, lines)));
      }
      return message;
    },
  };
}
