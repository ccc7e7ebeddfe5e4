import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInCatalog } from '../../../shared/segments/built-in-catalog.ts';
import { type CatalogBody, latestOf, pendingWork } from '../../../shared/segments/catalog-body.ts';
import {
  createSegment,
  deleteSegment,
  MAX_SEGMENTS,
  promote,
  replaceSegment,
} from '../../../shared/segments/catalog-changes.ts';
import { withBuiltIns } from '../../../shared/segments/catalog-upgrade.ts';
import { ChangeRefusedError } from '../../../shared/segments/change-refused.ts';
import { aSegment, aSegmentOf, aTagSegment, emptyCatalog } from '../../fixtures/segments.ts';

const NOW = Date.parse('2026-03-02T10:00:00Z');

const catalogOf = (...definitions: Parameters<typeof createSegment>[1][]): CatalogBody =>
  definitions.reduce((body, definition) => createSegment(body, definition, NOW).body, emptyCatalog);
const live = (body: CatalogBody): CatalogBody => promote(body, pendingWork(body));
const entry = (body: CatalogBody, id: string) => body.entries.find((each) => each.id === id);

function refusal(act: () => unknown): ChangeRefusedError {
  try {
    act();
  } catch (error) {
    if (error instanceof ChangeRefusedError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('creating', () => {
  test('waits for its backfill before it is live', () => {
    const { body, segment } = createSegment(emptyCatalog, aSegment(), NOW);
    expect(segment).toMatchObject({ id: 'buyers', pending: { version: 1 }, createdAt: NOW, updatedAt: NOW });
    expect(segment.live).toBeUndefined();
    expect(pendingWork(body)).toEqual({ segments: [{ id: 'buyers', version: 1 }], removed: [] });
  });

  test('refuses an id that there is', () => {
    expect(refusal(() => createSegment(catalogOf(aSegment()), aSegment(), NOW)).code).toBe('segment_exists');
  });

  test('names each reference to nothing, and to itself, by its path', () => {
    const { code, errors } = refusal(() => createSegment(emptyCatalog, aSegmentOf('self', 'self', 'ghost'), NOW));
    expect(code).toBe('invalid_body');
    expect(errors?.map(({ path }) => path)).toEqual(['condition.conditions.0.id', 'condition.conditions.1.id']);
  });

  test('refuses a reference to a segment that tags', () => {
    const body = catalogOf(aTagSegment());
    expect(refusal(() => createSegment(body, aSegmentOf('a', 'likes'), NOW)).errors?.[0]?.message).toContain('tags');
  });

  test('has room for a thousand segments', () => {
    const entries = Array.from({ length: MAX_SEGMENTS }, (_, n) => ({
      id: `s-${n}`,
      live: { ...aSegment({ id: `s-${n}` }), version: 1 },
      createdAt: 0,
      updatedAt: 0,
    }));
    const body = { ...emptyCatalog, entries };
    expect(refusal(() => createSegment(body, aSegment({ id: 'one-more' }), NOW)).code).toBe('too_many_segments');
  });
});

describe('replacing', () => {
  const condition = { type: 'share', percent: 10, salt: 'x' } as const;

  test('makes a new version that waits beside the live one', () => {
    const { segment } = replaceSegment(live(catalogOf(aSegment())), aSegment({ condition }), NOW + 1, undefined);
    expect(segment).toMatchObject({ live: { version: 1 }, pending: { version: 2, condition }, updatedAt: NOW + 1 });
  });

  test('makes no new version of the same rule, however it is written', () => {
    const body = live(catalogOf(aSegment()));
    const { condition } = aSegment();
    const reordered = Object.fromEntries(Object.entries(condition).reverse()) as typeof condition;
    expect(replaceSegment(body, aSegment({ condition: reordered }), NOW + 1, undefined).body).toBe(body);
  });

  test('renames without a new version', () => {
    const body = live(catalogOf(aSegment()));
    const { segment } = replaceSegment(body, aSegment({ name: 'Customers' }), NOW + 1, 1);
    expect(segment).toMatchObject({ live: { name: 'Customers', version: 1 }, updatedAt: NOW + 1 });
    expect(segment.pending).toBeUndefined();
  });

  test('replaces a version that is not live yet by a later one', () => {
    const { segment } = replaceSegment(catalogOf(aSegment()), aSegment({ condition }), NOW, undefined);
    expect(segment.pending).toMatchObject({ version: 2, condition });
  });

  test('refuses when the version is no longer the one that was read', () => {
    const { code, message } = refusal(() => replaceSegment(catalogOf(aSegment()), aSegment({ condition }), NOW, 7));
    expect(code).toBe('segment_changed');
    expect(message).toContain('version 1, not 7');
  });

  test('refuses a segment that is not there', () => {
    expect(refusal(() => replaceSegment(emptyCatalog, aSegment(), NOW, undefined)).code).toBe('segment_not_found');
  });

  test('refuses a circle, also through a version that is not live yet or no longer the latest', () => {
    const start = live(catalogOf(aSegment({ id: 'a' }), aSegmentOf('b', 'a'), aSegmentOf('c', 'b')));
    const changed = replaceSegment(start, aSegment({ id: 'b' }), NOW, undefined).body;
    for (const body of [start, changed]) {
      const { errors } = refusal(() => replaceSegment(body, aSegmentOf('a', 'c'), NOW, undefined));
      expect(errors).toEqual([
        { path: 'condition.conditions.0.id', message: expect.stringContaining('a → c → b → a') },
      ]);
    }
    expect(() => replaceSegment(live(changed), aSegmentOf('a', 'c'), NOW, undefined)).not.toThrow();
  });

  test('refuses to let a segment tag that others ask for members', () => {
    const body = live(catalogOf(aSegment({ id: 'likes' }), aSegmentOf('b', 'likes')));
    expect(refusal(() => replaceSegment(body, aTagSegment(), NOW, undefined)).errors?.[0]?.path).toBe('tags');
  });
});

describe('deleting', () => {
  test('has its members told, and does not give its versions to another of its name', () => {
    const body = deleteSegment(live(catalogOf(aSegment(), aSegment({ id: 'other' }))), 'buyers');
    expect(entry(body, 'buyers')).toBeUndefined();
    expect(pendingWork(body).removed).toEqual([{ id: 'buyers', version: 1 }]);
    const again = createSegment(body, aSegment(), NOW);
    expect(latestOf(again.segment).version).toBe(2);
    expect(latestOf(createSegment(body, aSegment({ id: 'new' }), NOW).segment).version).toBe(1);
  });

  test('refuses while others name it, live or about to be, and says who', () => {
    const start = live(catalogOf(aSegment(), aSegmentOf('fans', 'buyers')));
    const waiting = replaceSegment(start, aSegment({ id: 'fans' }), NOW, undefined).body;
    for (const body of [start, waiting]) {
      const { code, message } = refusal(() => deleteSegment(body, 'buyers'));
      expect(code).toBe('segment_in_use');
      expect(message).toContain('fans');
    }
    expect(() => deleteSegment(live(waiting), 'buyers')).not.toThrow();
  });

  test('never gives a version twice, however many segments of an id there were', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('make', 'change', 'delete', 'live'), { maxLength: 40 }), (steps) => {
        let body = emptyCatalog;
        let n = 0;
        const seen = new Set<number>();
        for (const step of steps) {
          const there = entry(body, 'x') !== undefined;
          const definition = aSegment({ id: 'x', condition: { type: 'share', percent: 1, salt: String(n++) } });
          if (step === 'make' && !there) body = createSegment(body, definition, NOW).body;
          else if (step === 'change' && there) body = replaceSegment(body, definition, NOW, undefined).body;
          else if (step === 'delete' && there) body = deleteSegment(body, 'x');
          else if (step === 'live') body = live(body);
          if (step !== 'make' && step !== 'change') continue;
          const version = entry(body, 'x')?.pending?.version;
          if (version === undefined || (step === 'make') === there) continue;
          expect(seen.has(version)).toBe(false);
          seen.add(version);
        }
      }),
    );
  });

  test('forgets the versions of long deleted segments only above all of them', () => {
    let body = emptyCatalog;
    for (let n = 0; n < 510; n += 1) {
      body = deleteSegment(createSegment(body, aSegment({ id: `s-${n}` }), NOW).body, `s-${n}`);
    }
    expect(body.retired).toHaveLength(500);
    expect(latestOf(createSegment(body, aSegment({ id: 's-0' }), NOW).segment).version).toBe(2);
  });
});

describe('going live', () => {
  test('leaves what was changed since to the next backfill', () => {
    const first = catalogOf(aSegment(), aSegment({ id: 'other' }));
    const done = pendingWork(first);
    const changed = replaceSegment(first, aTagSegment({ id: 'buyers' }), NOW, undefined).body;
    const body = promote(changed, done);
    expect(entry(body, 'buyers')).toMatchObject({ pending: { version: 2 } });
    expect(entry(body, 'other')).toMatchObject({ live: { version: 1 } });
    expect(entry(body, 'other')?.pending).toBeUndefined();
  });

  test('forgets a removal that is done, and keeps one that came since', () => {
    const one = deleteSegment(live(catalogOf(aSegment(), aSegment({ id: 'other' }))), 'buyers');
    const done = pendingWork(one);
    const two = deleteSegment(one, 'other');
    expect(promote(two, done).removed).toEqual([{ id: 'other', version: 1 }]);
  });
});

describe('an upgrade', () => {
  const before = builtInCatalog().body;
  const [first, second, ...others] = before.entries.map(latestOf);
  if (!first || !second) throw new Error('There are no built-in segments.');
  const condition = { type: 'share', percent: 10, salt: 'x' } as const;
  const changed = { id: first.id, name: first.name, includeBots: false, condition };

  test('changes nothing of what is the same', () => {
    expect(withBuiltIns(before, [first, second, ...others], NOW).entries).toEqual(before.entries);
  });

  test('backfills new segments and new rules', () => {
    const body = withBuiltIns(before, [changed, second, aSegment({ id: 'brand-new' })], NOW);
    expect(entry(body, first.id)).toMatchObject({ live: { version: 1 }, pending: { version: 2, condition } });
    expect(entry(body, 'brand-new')).toMatchObject({ pending: { version: 1 }, builtIn: expect.any(String) });
    expect(pendingWork(body).segments).toHaveLength(2);
    expect(pendingWork(withBuiltIns(body, [changed, second, aSegment({ id: 'brand-new' })], NOW))).toEqual(
      pendingWork(body),
    );
  });

  test('keeps what somebody has changed, and does not bring back what somebody has deleted', () => {
    const own = { ...changed, condition: { ...condition, percent: 99 } };
    const body = deleteSegment(replaceSegment(before, own, NOW, undefined).body, second.id);
    const next = withBuiltIns(body, [changed, second], NOW);
    expect(entry(next, first.id)?.pending).toMatchObject({ version: 2, condition: { percent: 99 } });
    expect(entry(next, second.id)).toBeUndefined();
  });
});
