import { expect, test } from 'vitest';
import {
  type BackfillJob,
  newJob,
  nextWork,
  progressOf,
  stillWanted,
  withFailure,
  withoutDone,
} from '../../../shared/segments/backfill-job.ts';
import type { CatalogBody } from '../../../shared/segments/catalog-body.ts';
import { pendingWork } from '../../../shared/segments/catalog-body.ts';
import { createSegment, deleteSegment, promote } from '../../../shared/segments/catalog-changes.ts';
import { aSegment, emptyCatalog } from '../../fixtures/segments.ts';

const catalogOf = (...ids: string[]): CatalogBody =>
  ids.reduce((body, id) => createSegment(body, aSegment({ id }), 0).body, emptyCatalog);
const jobOf = (body: CatalogBody): BackfillJob => newJob('job', pendingWork(body), 0);
const HOUR = 3_600_000;

test('does all that waits at once', () => {
  expect(nextWork(catalogOf('a', 'b'), [], 0)?.segments).toEqual([
    { id: 'a', version: 1 },
    { id: 'b', version: 1 },
  ]);
  expect(nextWork(emptyCatalog, [], 0)).toBeUndefined();
});

test('tries those whose query failed one by one, and later each time', () => {
  const body = catalogOf('a', 'b');
  let failures = withFailure([], jobOf(body), body, 0);
  expect(nextWork(body, failures, 0)?.segments).toEqual([{ id: 'a', version: 1 }]);
  const pauses: number[] = [];
  for (let n = 0; n < 12; n += 1) {
    const alone = newJob('job', { segments: [{ id: 'a', version: 1 }], removed: [] }, 0);
    failures = withFailure(failures, alone, body, 0);
    pauses.push(failures.find(({ id }) => id === 'a')?.notBefore ?? 0);
  }
  expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
  expect(pauses[0]).toBeGreaterThan(0);
  expect(pauses.at(-1)).toBeLessThanOrEqual(HOUR);
  expect(nextWork(body, failures, 1)?.segments).toEqual([{ id: 'b', version: 1 }]);
  expect(nextWork(body, failures, HOUR)?.segments).toEqual([{ id: 'a', version: 1 }]);
  expect(nextWork(catalogOf('a', 'b', 'c'), failures, 0)?.segments).toEqual([{ id: 'c', version: 1 }]);
});

test('forgets failures of what no longer waits', () => {
  const body = catalogOf('a', 'b');
  const failures = withFailure([], jobOf(body), body, 0);
  expect(withoutDone(failures, deleteSegment(body, 'a')).map(({ id }) => id)).toEqual(['b']);
});

test('keeps to what the catalog still waits for', () => {
  const body = catalogOf('a', 'b');
  const job = jobOf(body);
  expect(stillWanted(job, body)).toEqual(job);
  expect(stillWanted(job, deleteSegment(body, 'a'))?.segments).toEqual([{ id: 'b', version: 1 }]);
  expect(stillWanted(job, promote(body, pendingWork(body)))).toBeUndefined();
});

test('tells how far it is', () => {
  const job = jobOf(catalogOf('a'));
  const file = { bucket: 'b', key: 'k' };
  const at = (step: BackfillJob['step']) => progressOf({ id: 'a', version: 1 }, { ...job, step });
  expect(at({ name: 'begin' })).toBe(0);
  expect(at({ name: 'rows', pass: 'tracks', file, offset: 50, size: 200, windows: [] })).toBe(0.25);
  expect(at({ name: 'query', pass: 'removed' })).toBe(1);
  expect(at({ name: 'publish' })).toBe(1);
  expect(progressOf({ id: 'a', version: 2 }, { ...job, step: { name: 'publish' } })).toBe(0);
  expect(progressOf({ id: 'a', version: 1 }, undefined)).toBe(0);
});
