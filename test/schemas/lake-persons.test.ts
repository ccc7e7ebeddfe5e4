import { expect, test } from 'vitest';
import { exportSources } from '../../functions/privacy-worker/lake/export-sources.ts';
import { namesPeople, personsOf } from '../../schemas/lake/persons.ts';
import { placeOf, prefixesBesideTables } from '../../schemas/lake/prefixes.ts';
import { lakeTables } from '../../schemas/lake/tables.ts';
import { lakeBucketKeys } from '../infra/stack/lake-bucket-keys.ts';

/** Columns whose name says that they hold a key or an id of a person. */
const TELLING = /^(user_id|anonymous_id|previous_id|profile_id|profile_key|person_key|parent_key|keys|payload)$/;

test.each(lakeTables.map((table) => [table.name, table] as const))('it is said how %s names people', (name, table) => {
  const names = personsOf(name);
  expect(names, `schemas/lake/persons.ts lacks ${name}`).toBeDefined();
  const columns = table.columns.map((column) => column.name);
  const telling = columns.filter((column) => TELLING.test(column));
  if (names?.by === 'nobody') expect(telling).toEqual([]);
  if (names?.by === 'columns') {
    const declared = [...names.keys, ...(names.profileIds ?? []), ...(names.keyLists ?? [])];
    expect(columns).toEqual(expect.arrayContaining(declared));
    // A row with its person's key is gone with all that it holds.
    expect(declared).toEqual(expect.arrayContaining(telling.filter((column) => column !== 'user_id')));
  }
  if (names?.by === 'message') expect(columns).toEqual(expect.arrayContaining([names.payload, names.reason]));
  if (names?.by === 'places') expect(columns).toEqual(expect.arrayContaining(names.places.flat()));
  if (names?.by === 'ids') expect(columns).toEqual(expect.arrayContaining([names.relation, names.id]));
});

test('no table is said to name people that the lake does not have', () => {
  const bases = new Set(lakeTables.map(({ name }) => name.replace(/_(landed|sealed)$/, '')));
  expect(Object.keys(namesPeople).filter((name) => !bases.has(name))).toEqual([]);
});

test('an archive shows the rows of every table that names people', () => {
  const shown = new Set(exportSources.map(({ names }) => names));
  const named = Object.entries(namesPeople).filter(
    ([, { by }]) => by === 'event' || by === 'message' || by === 'columns',
  );
  expect(named.filter(([, names]) => !shown.has(names)).map(([name]) => name)).toEqual([]);
});

test('it is said of every place that functions write to in the lake’s bucket what an erasure does there', () => {
  const keys = lakeBucketKeys('s3:PutObject');
  expect(keys.length).toBeGreaterThan(20);
  expect(keys.filter((key) => placeOf(key, lakeTables) === undefined)).toEqual([]);
});

test('what lies below a longer prefix is treated by that', () => {
  expect(placeOf('imports/rejected/x/1.ndjson', lakeTables)).toMatchObject({ erasure: 'lines' });
  expect(placeOf('imports/x/state.json', lakeTables)).toMatchObject({ erasure: 'nothing' });
  expect(placeOf('elsewhere/x', lakeTables)).toBeUndefined();
  expect(prefixesBesideTables.every(({ prefix }) => prefix.endsWith('/'))).toBe(true);
});
