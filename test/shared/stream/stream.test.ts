import { describe, expect, it } from 'vitest';
import type { BackfillItem, ControlRecord, Transition } from '../../../schemas/stream/control.ts';
import { packControl } from '../../../shared/stream/pack-control.ts';
import { controlOf } from '../../../shared/stream/read-stream.ts';
import { anEnvelope, aRecord, aTrack } from '../../fixtures/events.ts';

const cause = { type: 'event', messageId: 'm', event: 'Page Viewed', time: 7 } as const;
const link = { time: 1, messageId: 'm', sourceId: 'web', event: 'Identify', why: 'identify' } as const;
const aTransition = (n: number, profileId = `p_${n % 7}`): Transition => ({
  id: `${profileId}-${n}`,
  profileId,
  key: 'user:ada',
  n,
  segmentId: 'new',
  version: 1,
  to: 'entered',
  at: 8,
  cause,
});
const rows: BackfillItem['tracks'] = { abc: [[1, '00', 'x', null, 2]] };

const one: readonly ControlRecord[] = [
  { v: 1, kind: 'link', child: 'anonymous:a', parent: 'user:ada', link },
  { v: 1, kind: 'unlink', child: 'anonymous:a', parent: 'user:ada', reason: 'split', requestId: 'r', time: 3 },
  {
    v: 1,
    kind: 'part',
    to: 'user:ada',
    child: 'anonymous:a',
    moves: 1,
    changes: 2,
    keys: ['anonymous:a'],
    path: [{ key: 'anonymous:a', link: { time: 1, messageId: 'm' } }],
    cause,
  },
  { v: 1, kind: 'tick', at: 5, keys: ['user:ada'] },
  { v: 1, kind: 'backfill', job: 'j', segments: [{ id: 's', version: 2 }], items: [{ key: 'user:ada', tracks: rows }] },
  { v: 1, kind: 'transitions', items: [aTransition(1)] },
  { v: 1, kind: 'identities', items: [{ profileKey: 'anonymous:a', parentKey: null, moves: 2, time: 9 }] },
];
const asReceived = (data: Uint8Array) => ({ ...aRecord(''), data });

describe('the control records of the stream', () => {
  it.each(one)('are read as they were packed: %o', (record) => {
    const packed = packControl([record]);
    expect(packed.map(({ data }) => controlOf(asReceived(data)))).toEqual([record]);
  });

  it('read a barrier, which packing leaves to those who know the shards', () => {
    const barrier: ControlRecord = { v: 1, kind: 'barrier', id: 'b-1' };
    expect(controlOf(aRecord(barrier))).toEqual(barrier);
    expect(() => packControl([barrier])).toThrow('every shard');
  });

  it('are told apart from events and from what is damaged, which cleaning takes', () => {
    const broken = { v: 1, kind: 'link', child: 'anonymous:a' };
    const rows = { v: 1, kind: 'backfill', job: 'j', segments: [], items: [{ key: 'k', tracks: { a: [['x']] } }] };
    for (const payload of [anEnvelope([aTrack()]), aTrack(), [aTrack()], broken, rows, { v: 1, kind: 'toString' }]) {
      expect(controlOf(aRecord(payload)), JSON.stringify(payload)).toBeUndefined();
    }
    for (const payload of ['', '{', '{"v":1,"kind":"link', '{"v":1,"kind":"tick","at":1,"keys":[', new Uint8Array(3)]) {
      expect(controlOf(aRecord(payload))).toBeUndefined();
    }
  });

  it('that are for one key lie with its events', () => {
    const keys = packControl(one.slice(0, 3)).map(({ partitionKey }) => partitionKey);
    expect(keys).toEqual(['a', 'a', 'ada']);
    const long = packControl([{ v: 1, kind: 'link', child: `user:${'x'.repeat(300)}`, parent: 'user:ada', link }]);
    expect(long[0]?.partitionKey).toMatch(/^[0-9a-f]{64}$/);
  });

  it('that are for many share records, each person in one bucket and in order', () => {
    const items = Array.from({ length: 3_000 }, (_, n) => aTransition(n));
    const packed = packControl(items.map((item) => ({ v: 1, kind: 'transitions', items: [item] })));
    expect(packed.length).toBeLessThanOrEqual(3_000 / 500 + 7);
    const read = packed.map(({ partitionKey, data }) => ({ partitionKey, record: controlOf(asReceived(data)) }));
    for (let person = 0; person < 7; person += 1) {
      const id = `p_${person}`;
      const own = read.flatMap(({ partitionKey, record }) =>
        record?.kind === 'transitions'
          ? record.items.filter(({ profileId }) => profileId === id).map(({ n }) => [partitionKey, n])
          : [],
      );
      expect(new Set(own.map(([key]) => key)).size).toBe(1);
      expect(own.map(([, n]) => n)).toEqual(items.filter(({ profileId }) => profileId === id).map(({ n }) => n));
    }
  });

  it('stay below the size that was set, and lose nothing by it', () => {
    const keys = Array.from({ length: 1_201 }, (_, n) => `user:${n}`);
    const ticks = packControl([{ v: 1, kind: 'tick', at: 5, keys }]).map(({ data }) => controlOf(asReceived(data)));
    expect(ticks.flatMap((tick) => (tick?.kind === 'tick' ? tick.keys : []))).toEqual(keys);
    expect(ticks).toHaveLength(3);
    const items = Array.from({ length: 50 }, (_, n) => ({ key: `user:${n}`, tracks: { a: many(500) } }));
    const packed = packControl([{ v: 1, kind: 'backfill', job: 'j', segments: [], items }]);
    expect(Math.max(...packed.map(({ data }) => data.length))).toBeLessThan(210_000);
    const read = packed.map(({ data }) => controlOf(asReceived(data)));
    expect(read.flatMap((record) => (record?.kind === 'backfill' ? record.items : []))).toEqual(items);
  });
});

const many = (count: number): [number, string][] => Array.from({ length: count }, (_, n) => [n, `${n}`]);
