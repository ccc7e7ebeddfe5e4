import { MAX_TAG_LENGTH } from '../event-values.ts';
import { trackLimits } from '../prune-tracks.ts';
import type { TrackColumn, TrackSpec } from '../tracks.ts';
import { integerValue, md5Digits, rowId, textValue } from './measured-value.ts';
import { PersonQuery } from './person-query.ts';
import { asQuery, type Query, type QueryOptions } from './query.ts';
import { selectionTests, whereTests } from './selection.ts';
import { trackKeeps } from './track-keeps.ts';

/** Hex digits of a track's id. */
const ID_LENGTH = 10;

/**
 * The rows of tracks that conditions still need at or after `asOf`, of every key that has an event: `profile_key`, and
 * `tracks` as JSON text, `{"<track id>": [[time, rowId, ...values], ...]}`, `{}` for a key without rows.
 */
export function trackRowsSql(specs: readonly TrackSpec[], { asOf }: QueryOptions): Query {
  const query = new PersonQuery(asOf, 'profile_key');
  const matches = specs.map((spec) => query.selections.add(matchOf(query, spec), 'match', spec.id));
  const id = rowId(query);
  const steps = query.overEvents();
  // The empty match stands for the key itself, so that none is left out.
  steps.add(
    'entries',
    'A row for each event and each track that takes it.',
    `SELECT
    profile_key,
    substr(entry, 1, ${ID_LENGTH}) AS track,
    CASE WHEN substr(entry, 11, 1) = 'e' THEN event_time ELSE date_trunc('day', event_time) END AS row_time,
    CASE WHEN substr(entry, 11, 1) = 'e' THEN ${id} ELSE '' END AS row_id,
    substr(entry, 12) AS row_values
  FROM ${steps.last}
  CROSS JOIN UNNEST(filter(ARRAY[${["''", ...matches].join(', ')}], e -> e IS NOT NULL)) AS found (entry)`,
  );
  steps.add(
    'distinct_rows',
    'The rows of tracks, once each.',
    `SELECT profile_key, track, row_time, row_id, min(row_values) AS row_values
  FROM entries
  GROUP BY profile_key, track, row_time, row_id`,
  );
  const keeps = trackKeeps(specs, asOf);
  steps.add(
    'neighbours',
    'When the rows before and after happened.',
    `SELECT\n    ${['*', ...keeps.neighbours].join(',\n    ')}\n  FROM distinct_rows`,
  );
  const within = (order: string) => `row_number() OVER (PARTITION BY profile_key, track ORDER BY ${order})`;
  steps.add(
    'kept_rows',
    'Those that conditions need.',
    `SELECT
    *,
    ${within('row_time, row_id')} AS place,
    ${within('row_time DESC, row_id DESC')} AS place_from_end
  FROM neighbours
  WHERE ${keeps.isKept}`,
  );
  const epoch = "TIMESTAMP '1970-01-01 00:00:00.000'";
  const row = `'[' || CAST(date_diff('millisecond', ${epoch}, row_time) AS varchar) || ',"' || row_id || '"' || row_values || ']'`;
  steps.add(
    'track_lists',
    'All rows of a track of a key, as JSON.',
    `SELECT
    profile_key,
    track,
    array_join(array_agg(${row} ORDER BY place), ',') AS row_list
  FROM kept_rows
  WHERE place_from_end <= ${trackLimits.rows} OR place = 1
  GROUP BY profile_key, track`,
  );
  const track = `'"' || track || '":[' || row_list || ']'`;
  return asQuery(
    steps.query(`SELECT
  profile_key,
  '{' || coalesce(array_join(array_agg(${track}) FILTER (WHERE track <> ''), ','), '') || '}' AS tracks
FROM track_lists
GROUP BY profile_key`),
  );
}

/** What an event says to a track: its id, `e` or `d` for its grain, and the values of the row as JSON; NULL for nothing. */
function matchOf(query: PersonQuery, { id, selector, columns, grain }: TrackSpec): string {
  const start = `'${id}${grain === 'day' ? 'd' : 'e'}'`;
  const values = columns.map((column) => ` || ',' || coalesce(${columnJson(query, column)}, 'null')`);
  return `CASE WHEN ${selectionTests(query, selector).join(' AND ')} THEN ${start}${values.join('')} END`;
}

function columnJson(query: PersonQuery, column: TrackColumn): string {
  switch (column.of) {
    case 'test':
      return `CASE WHEN ${whereTests(query, column.where).join(' AND ')} THEN '1' ELSE '0' END`;
    case 'number':
      return `CAST(${integerValue(query, column)} AS varchar)`;
    case 'text': {
      const text = textValue(query, column) ?? 'NULL';
      return `CASE WHEN length(${text}) BETWEEN 1 AND ${MAX_TAG_LENGTH} THEN json_format(CAST(${text} AS json)) END`;
    }
    case 'distinct': {
      const text = textValue(query, column);
      const number =
        column.field !== undefined && text !== undefined ? [] : [`CAST(${integerValue(query, column)} AS varchar)`];
      const hash = text === undefined ? [] : [`'"' || ${md5Digits(text, 12)} || '"'`];
      return `coalesce(${[...hash, ...number].join(', ')})`;
    }
  }
}
