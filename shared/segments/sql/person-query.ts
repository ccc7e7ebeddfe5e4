import { Columns, Names } from './columns.ts';
import { listed, Steps } from './steps.ts';

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
    const steps = new Steps();
    const select = `SELECT\n    ${listed(this.events.list)}\n  FROM events`;
    steps.add('read_events', 'What is asked of each event, in one reading of the table.', select);
    steps.extend('selections', 'Which of the events each condition takes.', this.selections);
    const [gathered, amounts, results] = this.orders;
    steps.extend('orders', 'On each event of an order, what all of them say of it.', gathered);
    steps.extend('order_amounts', 'What was paid for each order.', amounts);
    steps.extend('order_results', 'What was paid back.', results);
    this.chains.forEach((columns, at) => {
      steps.extend(`chains_of_${at + 2}`, 'Events by those around them in time.', columns);
    });
    return steps;
  }

  /** All steps: the rows of the last are persons. */
  overPeople(): Steps {
    const steps = this.overEvents();
    const select = `SELECT\n    ${listed(this.people.list)}\n  FROM ${steps.last}\n  GROUP BY person_key`;
    steps.add('people', 'What all events of a person come to.', select);
    steps.extend('person_facts', 'What follows from that.', this.facts);
    return steps;
  }
}
