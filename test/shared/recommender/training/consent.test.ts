import { expect, test } from 'vitest';
import { partKey } from '../../../../functions/profile-snapshot/snapshot-state.ts';
import { profileSnapshots } from '../../../../schemas/lake/snapshot-table.ts';
import { tableRows } from '../../../../shared/lake/column-readers.ts';
import { parquetFile } from '../../../../shared/lake/parquet/parquet-file.ts';
import { profileReaders } from '../../../../shared/lake/profile-row.ts';
import { viewOf } from '../../../../shared/profile/view.ts';
import { weighed } from '../../../../shared/recommender/training/histories-sql.ts';
import { aLake } from '../../../fixtures/a-lake.ts';
import { aCleanEvent, aTrack } from '../../../fixtures/events.ts';
import { aProfile } from '../../../fixtures/profiles.ts';
import { arriving } from '../../../schemas/views/arriving.ts';
import { aJob } from './a-training.ts';

const AT = Date.UTC(2026, 2, 2);

/** What people chose, by user id: the choices follow each other. */
const choices: Readonly<Record<string, readonly Readonly<Record<string, boolean>>[]>> = {
  ada: [],
  ben: [{ personalisation: true, marketing: false }],
  cy: [{ personalisation: false }],
  dee: [{ personalization: false }],
  eve: [{ Personalisation: true }, { Personalisation: false }],
  flo: [{ personalisation: false }, { personalisation: true }],
};

/** A person as the nightly snapshot holds them. */
function personOf(userId: string) {
  const home = `user:${userId}`;
  const events = [{}, ...(choices[userId] ?? [])].map((categoryPreferences, at) =>
    aCleanEvent({ userId, eventTime: AT - 1_000 + at, context: { consent: { categoryPreferences } } }),
  );
  const profile = { ...aProfile(events), key: home };
  return { home, keys: [home], profile, view: viewOf(profile, AT), snapshotAt: AT, currency: 'EUR' };
}

test('who denied personalisation, however it is spelt, is left out of training; who never chose or chose anew is not', async () => {
  await using lake = await aLake();
  const names = Object.keys(choices);
  const views = names.map((userId) => aTrack({ userId, event: 'Product Viewed', properties: { product_id: 'mug' } }));
  await lake.land(arriving('2026-03-01T10:00:00Z', views));
  const people = tableRows(profileSnapshots, profileReaders, names.map(personOf));
  await lake.put(partKey(profileSnapshots.name, AT, 0, 0), parquetFile(people));
  await lake.mark('profiles_snapshot', new Date(AT).toISOString());
  const found = await lake.rows(`${weighed({ ...aJob, source: 'lake' })} ORDER BY person_key`);
  expect(found.map(([person]) => person)).toEqual(['user:ada', 'user:ben', 'user:flo']);
});
