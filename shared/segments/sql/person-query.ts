import { Columns, Names } from './columns.ts';

/**
 * A query that goes over `events` once, step by step, and ends with one row a person. Conditions ask for the columns that
 * they need at each step; those that ask for the same share a column. Trino works out a WITH query anew wherever it is
 * named, so each step is named once: that is why a selection of events is a column here, and not a query.
 */
export class PersonQuery {
  /** Milliseconds since 1970. */
  readonly asOf: number;
  /** What is read of events: columns, and expressions over them. One row an event, as in all steps before `people`. */
  readonly events: Columns;
  /** Selections of events: booleans over the columns before. */
  readonly selections: Columns;
  /** What all events of one order say, on each of its events; then what follows from that, twice. */
  readonly orders: readonly [Columns, Columns, Columns];
  /** Windows over a person's events in order of time, each over the ones before: chains of up to five events. */
  readonly chains: readonly [Columns, Columns, Columns, Columns];
  /** Aggregates. One row a person from here. */
  readonly people: Columns;
  /** Expressions over aggregates. */
  readonly facts: Columns;

  readonly #key: 'person_key' | 'profile_key';

  /** By `profile_key` for rows a key, which are no matter of persons. */
  constructor(asOf: number, key: 'person_key' | 'profile_key' = 'person_key') {
    const names = new Names();
    const columns = () => new Columns(names);
    this.asOf = asOf;
    this.#key = key;
    this.events = columns();
    this.selections = columns();
    this.orders = [columns(), columns(), columns()];
    this.chains = [columns(), columns(), columns(), columns()];
    this.people = columns();
    this.facts = columns();
    for (const name of [key, 'event_time']) this.column(name);
    this.people.keep('person_key');
  }

  /** A column of `events`. */
  column(name: string): string {
    return this.events.keep(name);
  }

  /**
   * Whether an event counts in conditions on events: it is no bot's, and the first if the message came under several keys
   * of the person. When it happened, each condition asks itself.
   */
  get isCounted(): string {
    const copy =
      'row_number() OVER (PARTITION BY person_key, event_time, source_id, message_id ORDER BY profile_key) = 1';
    const isFirst = this.#key === 'person_key' ? ` AND ${copy}` : '';
    return this.events.add(`NOT is_bot${isFirst}`, 'is_counted');
  }

  /** The steps whose rows are events. */
  overEvents(): Steps {
    const steps = new Steps('read_events', this.events, 'events');
    steps.extend('selections', this.selections);
    this.orders.forEach((columns, at) => {
      steps.extend(['orders', 'order_amounts', 'order_results'][at] as string, columns);
    });
    this.chains.forEach((columns, at) => {
      steps.extend(`chains_of_${at + 2}`, columns);
    });
    return steps;
  }

  /** All steps: the rows of the last are persons. */
  overPeople(): Steps {
    const steps = this.overEvents();
    steps.add('people', `SELECT\n    ${listed(this.people.list)}\n  FROM ${steps.last}\n  GROUP BY person_key`);
    steps.extend('person_facts', this.facts);
    return steps;
  }
}

/** Named queries, each over the one before. */
export class Steps {
  readonly #steps: string[] = [];
  #last = '';

  constructor(name: string, columns: Columns, table: string) {
    this.add(name, `SELECT\n    ${listed(columns.list)}\n  FROM ${table}`);
  }

  /** The name of the last one. */
  get last(): string {
    return this.#last;
  }

  add(name: string, select: string): void {
    this.#steps.push(`${name} AS (\n  ${select}\n)`);
    this.#last = name;
  }

  /** A step with all columns of the one before and more, if there are more. */
  extend(name: string, columns: Columns): void {
    if (!columns.isEmpty) this.add(name, `SELECT\n    ${listed(['*', ...columns.list])}\n  FROM ${this.#last}`);
  }

  /** The query that ends with `select`. */
  query(select: string): string {
    return `WITH\n${this.#steps.join(',\n')}\n${select}`;
  }
}

const listed = (columns: readonly string[]): string => columns.join(',\n    ');
