import type { TagSegment } from '../../../schemas/segment/definition.ts';
import { MAX_TAG_LENGTH } from '../event-values.ts';
import { PersonQuery } from './person-query.ts';
import { selection, windowTests } from './selection.ts';
import type { Steps } from './steps.ts';

/** A row for each tag of a person: `person_key, tag`. */
export function tagRows(segment: TagSegment, { asOf }: { readonly asOf: number }): string {
  const steps = rankedTags(segment, asOf);
  return steps.query(`SELECT person_key, tag\nFROM ${steps.last}\nWHERE place <= ${segment.tags.most}`);
}

/** A row for each person with a tag: `person_key`. */
export function taggedPersons(segment: TagSegment, { asOf }: { readonly asOf: number }): string {
  const steps = rankedTags(segment, asOf);
  return steps.query(`SELECT person_key\nFROM ${steps.last}\nWHERE place = 1`);
}

function rankedTags({ tags }: TagSegment, asOf: number): Steps {
  const { by, atLeast, last } = tags;
  const query = new PersonQuery(asOf);
  const value = query.column(by);
  const isShort = `length(${value}) BETWEEN 1 AND ${MAX_TAG_LENGTH}`;
  const filter = [selection(query, tags.event), ...windowTests(query, { last }), isShort].join(' AND ');
  const steps = query.overEvents();
  steps.add(
    'tagged',
    'Values that enough events of a person have.',
    `SELECT person_key, ${value} AS tag, count(*) AS events
  FROM ${steps.last}
  WHERE ${filter}
  GROUP BY person_key, ${value}
  HAVING count(*) >= ${atLeast}`,
  );
  steps.add(
    'ranked',
    'The most frequent first.',
    `SELECT person_key, tag, row_number() OVER (PARTITION BY person_key ORDER BY events DESC, tag) AS place
  FROM tagged`,
  );
  return steps;
}
