import { describe, expect, test } from 'vitest';
import { externalKey } from '../../../shared/identity/external-ids.ts';
import { linksOf } from '../../../shared/identity/links-of.ts';
import { splitRecords } from '../../../shared/identity/split.ts';
import { ARRIVAL, type Message } from '../../fixtures/events.ts';
import externalIds from '../../vectors/identity-external-ids.json' with { type: 'json' };
import messageLinks from '../../vectors/identity-links.json' with { type: 'json' };
import rules from '../../vectors/identity-rules.json' with { type: 'json' };
import { cleanOne } from '../clean/clean-one.ts';
import { settleWorld, type WorldRecord } from './a-world.ts';
import { peopleOf } from './forest.ts';
import { shuffled } from './random.ts';

const settings = { externalTraits: ['email', 'phone'], blockedIds: ['kiosk-1', 'info@shop.example'] };

type Ids = [name: string, input: [kind: string, value: unknown], key: string | null];

describe('makes keys of external ids', () => {
  test.each(externalIds as unknown as Ids[])('%s', (_name, [kind, value], key) => {
    expect(externalKey(kind, value) ?? null).toBe(key);
  });
});

test.each<[kind: string, longest: string]>([
  ['email', `ada@${'x.'.repeat(123)}shop`],
  ['loyalty', 'x'.repeat(256)],
])('takes an id of the kind %s up to its longest', (kind, longest) => {
  expect(externalKey(kind, longest)).toBe(`${kind}:${longest}`);
  expect(externalKey(kind, `${longest}x`)).toBeUndefined();
});

describe('takes keys out of a person', () => {
  const request = { requestId: 'r-1', time: 7 };
  const person = ['user:ada', 'user:old', 'email:a', 'anonymous:x', 'anonymous:y'];
  const pairsOf = (...out: string[]) =>
    splitRecords(person, new Set(out), request).map(({ child, parent }) => `${child} > ${parent}`);

  test('by keeping a device off all that it could belong to', () => {
    expect(pairsOf('anonymous:x')).toEqual([
      'anonymous:x > email:a',
      'anonymous:x > user:ada',
      'anonymous:x > user:old',
    ]);
  });

  test('by keeping users off each other in both directions', () => {
    expect(pairsOf('user:old', 'email:a', 'anonymous:x', 'anonymous:y')).toEqual([
      'anonymous:x > user:ada',
      'anonymous:y > user:ada',
      'email:a > user:ada',
      'user:old > user:ada',
      'user:ada > user:old',
    ]);
  });

  test('with the request in each record', () => {
    const record = { v: 1, kind: 'unlink', child: 'email:a', parent: 'user:ada', reason: 'split', ...request };
    expect(splitRecords(['user:ada', 'email:a'], new Set(['email:a']), request)).toEqual([record]);
  });

  test('and does nothing for keys that are not of the person, nor for all of them at once', () => {
    expect(pairsOf('anonymous:z')).toEqual([]);
    expect(pairsOf(...person)).toEqual([]);
  });
});

type Links = [name: string, message: Message, links: [child: string, parent: string, why: string][]];

describe('tells which links an event makes', () => {
  test.each(messageLinks as unknown as Links[])('%s', (_name, message, expected) => {
    const event = cleanOne({ messageId: 'm-1', ...message });
    const records = linksOf(event, settings);
    expect(records.map(({ child, parent, link }) => [child, parent, link.why])).toEqual(expected);
    const { messageId, sourceId, eventTime: time, event: name } = event;
    for (const { link } of records) expect(link).toMatchObject({ messageId, sourceId, time, event: name });
  });

  test('takes the traits that the rules name, and no others', () => {
    const event = cleanOne({ type: 'identify', userId: 'ada', traits: { email: 'ada@x.org', memberNo: 17 } });
    const childrenBy = (externalTraits: string[], blockedIds: string[]) =>
      linksOf(event, { externalTraits, blockedIds }).map(({ child }) => child);
    expect(childrenBy(['memberNo', 'toString'], [])).toEqual(['memberno:17']);
    expect(childrenBy(['memberNo'], ['17'])).toEqual([]);
  });
});

type Moment = Message & { minute: number; split?: string[]; of?: string };
type Rule = [name: string, moments: Moment[], people: Record<string, string[]>];

const world = { shards: 3, crashRate: 60, crashes: 8, resends: 2, homesKeepNews: false };

/** What a moment puts on the stream, when everything before has come to rest. */
function recordsOf({ minute, split, of, ...message }: Moment, before: readonly WorldRecord[]): WorldRecord[] {
  if (split !== undefined && of !== undefined) {
    const keys = peopleOf(settleWorld(before, { ...world, seed: minute }).nodes).get(of) ?? [];
    return splitRecords(keys, new Set(split), { requestId: `split-${minute}`, time: minute });
  }
  const timestamp = new Date(ARRIVAL - (60 - minute) * 60_000).toISOString();
  const event = cleanOne({ messageId: `m-${minute}`, timestamp, ...message });
  return [...linksOf(event, settings), { kind: 'change', key: event.profileKey }];
}

describe('joins people', () => {
  test.each(rules as unknown as Rule[])('%s', (_name, moments, expected) => {
    const records: WorldRecord[] = [];
    for (const moment of moments) records.push(...recordsOf(moment, records));
    for (let seed = 0; seed < 20; seed += 1) {
      const order = seed === 0 ? records : shuffled(records, seed);
      const { nodes } = settleWorld(order, { ...world, seed });
      const seen = records.flatMap((record) => (record.kind === 'change' ? [record.key] : []));
      expect(Object.fromEntries(peopleOf(nodes, seen))).toEqual(expected);
    }
  });
});
