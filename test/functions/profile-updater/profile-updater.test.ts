import { describe, expect, it } from 'vitest';
import type { log } from '../../../functions/adapters/log.ts';
import type { ProfileItem } from '../../../functions/adapters/profile-store.ts';
import { limits } from '../../../shared/profile/limits.ts';
import { ARRIVAL, anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';
import { aKinesisEvent, anUpdater, MemoryProfileStore } from '../../fixtures/profiles.ts';
import { catalogOf } from './world.ts';

function updaters() {
  const store = new MemoryProfileStore();
  const lines: Parameters<typeof log>[] = [];
  let tokens = 0;
  const updater = (name: string) =>
    anUpdater(store, {
      newToken: () => {
        tokens += 1;
        return `${name}-${tokens}`;
      },
      log: (...line) => void lines.push(line),
    });
  return { store, lines, update: updater('one'), updateToo: updater('two') };
}

const track = (userId: string, messageId?: string) => aTrack({ userId, ...(messageId && { messageId }) });
const recordOf = (...messages: ReturnType<typeof track>[]) => aRecord(anEnvelope(messages));
const countOf = (store: MemoryProfileStore, userId: string) => store.profile(`user:${userId}`).eventCount;

describe('a batch', () => {
  it('writes each touched profile once', async () => {
    const { store, update } = updaters();
    const answer = await update(aKinesisEvent([recordOf(track('ann'), track('bob')), recordOf(track('ann'))]));
    expect(answer).toEqual({ batchItemFailures: [] });
    expect([countOf(store, 'ann'), countOf(store, 'bob')]).toEqual([2, 1]);
    expect([...store.writes.values()]).toEqual([1, 1]);
  });

  it('writes nothing for what was applied before', async () => {
    const { store, update } = updaters();
    const event = aKinesisEvent([recordOf(track('ann'))]);
    await update(event);
    await update(event);
    expect(store.items.get('user:ann')?.version).toBe(1);
  });

  it('leaves a poison record to the lake and goes on', async () => {
    const { store, update } = updaters();
    const poison = [
      aRecord('{not json'),
      aRecord(new Uint8Array([255, 254])),
      aRecord(anEnvelope([{ type: 'track' }])),
    ];
    expect(await update(aKinesisEvent([...poison, recordOf(track('ann'))]))).toEqual({ batchItemFailures: [] });
    expect(countOf(store, 'ann')).toBe(1);
  });

  it('takes bare messages of different people from other producers', async () => {
    const { store, update } = updaters();
    await update(aKinesisEvent([aRecord([track('ann'), track('bob'), track('ann')])]));
    expect([countOf(store, 'ann'), countOf(store, 'bob')]).toEqual([2, 1]);
  });

  it('comes again from the earliest record of a profile that could not be written', async () => {
    const { store, update } = updaters();
    const records = [recordOf(track('ann')), recordOf(track('bob')), recordOf(track('ann')), recordOf(track('bob'))];
    store.onWrite = (id) => (id === 'user:bob' ? 'refused' : 'none');
    const { batchItemFailures } = await update(aKinesisEvent(records));
    expect(batchItemFailures).toEqual([{ itemIdentifier: records[1]?.sequenceNumber }]);
    store.onWrite = () => 'none';
    await update(aKinesisEvent(records.slice(1)));
    expect([countOf(store, 'ann'), countOf(store, 'bob')]).toEqual([2, 2]);
  });

  it('comes again whole when the profiles cannot be read', async () => {
    const { store, update } = updaters();
    store.read = () => Promise.reject(new Error('throttled'));
    const records = [aRecord('{not json'), recordOf(track('ann'))];
    const { batchItemFailures } = await update(aKinesisEvent(records));
    expect(batchItemFailures).toEqual([{ itemIdentifier: records[1]?.sequenceNumber }]);
  });

  it('begins no further profile after a failure, and names those as not done', async () => {
    const { store, update } = updaters();
    const records = Array.from({ length: 100 }, (_, n) => recordOf(track(`u-${n}`)));
    store.onWrite = () => 'refused';
    const { batchItemFailures } = await update(aKinesisEvent(records));
    expect(batchItemFailures).toEqual([{ itemIdentifier: records[0]?.sequenceNumber }]);
    store.onWrite = () => 'none';
    await update(aKinesisEvent(records));
    expect(store.items.size).toBe(100);
  });
});

describe('a write', () => {
  it('whose answer was lost is known by its token', async () => {
    const { store, lines, update } = updaters();
    store.onWrite = () => 'answer_lost';
    expect(await update(aKinesisEvent([recordOf(track('ann'))]))).toEqual({ batchItemFailures: [] });
    expect(store.items.get('user:ann')).toMatchObject({ version: 1, token: 'one-1' });
    expect(lines).toMatchObject([['info', expect.any(String), { profiles: 1, applied: 1, repeated: 0 }]]);
    expect(countOf(store, 'ann')).toBe(1);
  });

  it('that another writer forestalled is folded onto what that one wrote', async () => {
    const { store, update, updateToo } = updaters();
    await update(aKinesisEvent([recordOf(track('ann'))]));
    const other = aRecord(anEnvelope([track('ann')]), { shardId: 'shardId-000000000009' });
    let isFirst = true;
    const write = store.write.bind(store);
    store.write = async (item: ProfileItem) => {
      if (isFirst) {
        isFirst = false;
        await updateToo(aKinesisEvent([other]));
      }
      return write(item);
    };
    expect(await update(aKinesisEvent([recordOf(track('ann'))]))).toEqual({ batchItemFailures: [] });
    expect(countOf(store, 'ann')).toBe(3);
    expect(store.items.get('user:ann')?.version).toBe(3);
  });

  it('that is forestalled again and again comes again with its batch', async () => {
    const { store, update } = updaters();
    store.write = async () => 'conflict';
    const records = [recordOf(track('ann'))];
    const { batchItemFailures } = await update(aKinesisEvent(records));
    expect(batchItemFailures).toEqual([{ itemIdentifier: records[0]?.sequenceNumber }]);
  });
});

describe('a profile that can never be written', () => {
  it('holds up nobody and is reported without personal data', async () => {
    const { store, lines, update } = updaters();
    const records = [recordOf(track('jane@example.com')), recordOf(track('ann'))];
    await update(aKinesisEvent(records.slice(0, 1)));
    const item = store.items.get('user:jane@example.com') as ProfileItem;
    store.items.set(item.id, { ...item, state: new Uint8Array([1, 2, 3]) });
    const again = [recordOf(track('jane@example.com')), ...records];
    expect(await update(aKinesisEvent(again))).toEqual({ batchItemFailures: [] });
    expect(countOf(store, 'ann')).toBe(1);
    const errors = lines.filter(([level]) => level === 'error');
    expect(errors).toMatchObject([['error', expect.any(String), { code: 'profile_unwritable', events: 2 }]]);
    expect(JSON.stringify(lines)).not.toContain('jane');
  });

  it('but may be by a newer version waits for it', async () => {
    const { store, update } = updaters();
    await update(aKinesisEvent([recordOf(track('ann'))]));
    const item = store.items.get('user:ann') as ProfileItem;
    store.items.set(item.id, { ...item, format: 99 });
    const records = [recordOf(track('ann'))];
    const { batchItemFailures } = await update(aKinesisEvent(records));
    expect(batchItemFailures).toEqual([{ itemIdentifier: records[0]?.sequenceNumber }]);
  });
});

describe('a person whose history of long texts would not fit', () => {
  it('is written with the later part of it', async () => {
    const fields = ['category', 'brand', 'coupon', 'variant', 'query'] as const;
    const tags = catalogOf(
      fields.map((by) => ({
        id: by,
        name: by,
        includeBots: false,
        tags: { event: { event: '*' }, by, atLeast: 2, last: { days: 700 }, most: 5 },
      })),
    );
    const store = new MemoryProfileStore();
    const update = anUpdater(store, { catalog: { readRevision: async () => 1, readBody: async () => tags } });
    const noise = (seed: number) =>
      Array.from({ length: 100 }, (_, n) =>
        String.fromCharCode(0x4e00 + ((seed * 7_919 + n * n * 104_729) % 20_000)),
      ).join('');
    const messages = Array.from({ length: 900 }, (_, n) =>
      aTrack({
        userId: 'ann',
        timestamp: new Date(ARRIVAL - (900 - n) * 1_000).toISOString(),
        properties: Object.fromEntries(fields.map((field, place) => [field, noise(n * 5 + place)])),
      }),
    );
    const records = Array.from({ length: 9 }, (_, part) =>
      aRecord(anEnvelope(messages.slice(part * 100, part * 100 + 100))),
    );
    expect(await update(aKinesisEvent(records))).toEqual({ batchItemFailures: [] });
    const { profile, tracks } = store.folded('user:ann');
    expect(profile?.eventCount).toBe(900);
    expect(profile?.dropped.get('track_rows_over_limit')).toBeGreaterThan(0);
    for (const rows of tracks.values()) expect(rows.at(-1)?.[0]).toBe(ARRIVAL - 1_000);
    expect(tracks.size).toBe(fields.length);
  });
});

describe('a person with very many events', () => {
  const many = (count: number, from = 0) =>
    Array.from({ length: Math.ceil(count / 500) }, (_, r) =>
      recordOf(
        ...Array.from({ length: Math.min(500, count - r * 500) }, (_, n) => track('ann', `m-${from + r * 500 + n}`)),
      ),
    );

  it('is written several times in a batch, within what an item holds', async () => {
    const { store, update } = updaters();
    await update(aKinesisEvent(many(limits.eventsPerWrite * 2 + 500)));
    expect(countOf(store, 'ann')).toBe(limits.eventsPerWrite * 2 + 500);
    expect(store.items.get('user:ann')?.version).toBe(3);
    expect(store.pages.size).toBe(2);
  });

  it('has each message counted once across side items, also when a crash came between page and profile', async () => {
    const { store, update } = updaters();
    await update(aKinesisEvent(many(600)));
    const next = aKinesisEvent(many(300, 600));
    store.onWrite = (id) => (id === 'user:ann' ? 'refused' : 'none');
    await update(next);
    expect(store.pages.size).toBe(1);
    store.onWrite = () => 'none';
    await update(next);
    await update(aKinesisEvent(many(900)));
    expect(countOf(store, 'ann')).toBe(900);
  });

  it('loses no message id to a writer that lags behind', async () => {
    const { store, update, updateToo } = updaters();
    await update(aKinesisEvent(many(600)));
    const past = store.items.get('user:ann') as ProfileItem;
    await update(aKinesisEvent(many(1, 600)));
    const page = store.pages.get('user:ann 0');
    await update(aKinesisEvent(many(600, 601)));
    const read = store.read.bind(store);
    let isFirst = true;
    store.read = async (ids) => {
      if (!isFirst) return read(ids);
      isFirst = false;
      return new Map([[past.id, past]]);
    };
    await updateToo(aKinesisEvent(many(5, 1_201)));
    expect(store.pages.get('user:ann 0')?.ids).toEqual(page?.ids);
    await update(aKinesisEvent(many(1_206)));
    expect(countOf(store, 'ann')).toBe(1_206);
  });
});
