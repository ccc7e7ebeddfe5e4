import { describe, expect, test } from 'vitest';
import type { IdentityNode } from '../../../schemas/identity.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import { isKnownLink } from '../../../shared/identity/known-link.ts';
import { emptyNode, type IdentityRecord, partChanged, receive, type Step } from '../../../shared/identity/receive.ts';
import { keysOf } from '../../../shared/identity/subtree.ts';
import { aLinkOf, aReportOf, aSplitOf } from './arbitraries.ts';

/** Milliseconds since 1970. */
const FIRST = 60_000_000;
const LATER = 120_000_000;
const minuteOf = (time: number) => time / 60_000;

const take = (node: IdentityNode, key: Key, record: IdentityRecord, arrivedAt = LATER): Step =>
  receive(node, key, record, arrivedAt);
const takeAll = (key: Key, ...records: IdentityRecord[]): IdentityNode =>
  records.reduce((node, record) => take(node, key, record, FIRST).node, emptyNode);

const inAda = takeAll('anonymous:x', aLinkOf('anonymous:x', 'user:ada', 5, 'm-5'));
const ofAda = takeAll('user:ada', aReportOf('user:ada', 'anonymous:x', { times: [5] }));

describe('a link', () => {
  test('takes a key that stood for a person to its parent, and says so to the parent and the lake', () => {
    const step = take(emptyNode, 'anonymous:x', aLinkOf('anonymous:x', 'user:ada', 5, 'm-5'));

    expect(step).toMatchObject({
      wasHome: true,
      isHome: false,
      touched: true,
      node: { parent: 'user:ada', moves: minuteOf(LATER), changes: LATER },
      moved: {
        profileKey: 'anonymous:x',
        parentKey: 'user:ada',
        moves: minuteOf(LATER),
        time: 5,
        why: 'identify',
        messageId: 'm-5',
      },
      cause: { type: 'merge', messageId: 'm-5', event: 'Identify', time: 5 },
    });
    expect(step.out).toMatchObject([{ kind: 'part', to: 'user:ada', child: 'anonymous:x', keys: ['anonymous:x'] }]);
  });

  test('moves a key from one parent to the other, and says so to both', () => {
    const step = take(inAda, 'anonymous:x', aLinkOf('anonymous:x', 'user:bob', 3));

    expect(step).toMatchObject({
      wasHome: false,
      isHome: false,
      moved: { parentKey: 'user:bob', moves: minuteOf(LATER) },
    });
    expect(step.out).toMatchObject([
      { to: 'user:ada', moves: minuteOf(LATER), keys: [], cause: { type: 'split' } },
      { to: 'user:bob', moves: minuteOf(LATER), keys: ['anonymous:x'], cause: { type: 'merge' } },
    ]);
  });

  test.each([
    ['that came before', aLinkOf('anonymous:x', 'user:ada', 5, 'm-5')],
    ['that is later', aLinkOf('anonymous:x', 'user:ada', 9)],
    ['that is meant for another key', aLinkOf('anonymous:y', 'user:bob', 1)],
    ['to itself', aLinkOf('anonymous:x', 'anonymous:x', 1)],
    ['to a key that cannot be its parent', aLinkOf('anonymous:x', 'anonymous:y', 1)],
    ['to what is no key', aLinkOf('anonymous:x', 'ada', 1)],
  ])('%s changes nothing', (_, link) => {
    const step = take(inAda, 'anonymous:x', link);
    expect(step.node).toBe(inAda);
    expect(step).toMatchObject({ out: [], moved: undefined, touched: false });
  });

  test('that is outranked is kept, and nobody is told', () => {
    const step = take(inAda, 'anonymous:x', aLinkOf('anonymous:x', 'user:bob', 9));
    expect(step.node.links).toHaveLength(2);
    expect(step).toMatchObject({ out: [], moved: undefined, touched: false });
  });

  test('to the same parent that ranks better is told, because rings and limits compare times', () => {
    const step = take(inAda, 'anonymous:x', aLinkOf('anonymous:x', 'user:ada', 2));
    expect(step.out).toMatchObject([{ to: 'user:ada', moves: minuteOf(FIRST), changes: LATER, times: [2] }]);
    expect(step.moved).toBeUndefined();
    expect(step.node.links).toHaveLength(1);
  });
});

describe('a report', () => {
  test('of a new child makes its keys known at a home, and touches the person', () => {
    const report = aReportOf('user:ada', 'email:a', {
      keys: ['email:a', 'anonymous:x'],
      above: [-1, 0],
      times: [2, 3],
    });
    const step = take(emptyNode, 'user:ada', report);
    expect(keysOf(step.node, 'user:ada')).toEqual(['user:ada', 'email:a', 'anonymous:x']);
    expect(step).toMatchObject({ out: [], isHome: true, touched: true, moved: undefined, cause: report.cause });
  });

  test('that has come around a ring brings back nothing that this key has said itself', () => {
    const keys = ['user:b', 'user:a', 'anonymous:x', 'anonymous:y'];
    const echo = aReportOf('user:a', 'user:b', { keys, above: [-1, 0, 1, 0], times: [1, 2, 3, 4] });
    expect(keysOf(takeAll('user:a', echo), 'user:a')).toEqual(['user:a', 'user:b', 'anonymous:y']);
  });

  test('goes on to the parent, with its cause', () => {
    const inUser = takeAll('email:a', aLinkOf('email:a', 'user:ada', 5));
    const cause = { type: 'event' as const, messageId: 'm-9', event: 'Order Completed', time: 9 };
    const step = take(inUser, 'email:a', aReportOf('email:a', 'anonymous:x', { cause }));
    expect(step.out).toMatchObject([
      { to: 'user:ada', changes: LATER, keys: ['email:a', 'anonymous:x'], above: [-1, 0], cause },
    ]);
  });

  test.each([
    ['again', {}],
    ['of fewer changes', { moves: 7, changes: 0 }],
    ['of fewer moves and as many changes', { moves: 0 }],
  ])('that comes %s changes nothing, and has the person looked at again', (_, over) => {
    const step = take(ofAda, 'user:ada', aReportOf('user:ada', 'anonymous:x', over));
    expect(step.node).toBe(ofAda);
    expect(step).toMatchObject({ out: [], touched: true });
  });

  test('that comes again is told to the parent again, by the same number', () => {
    const report = aReportOf('email:a', 'anonymous:x');
    const inUser = take(takeAll('email:a', aLinkOf('email:a', 'user:ada', 5)), 'email:a', report);
    const again = take(inUser.node, 'email:a', report);
    expect(again.node).toBe(inUser.node);
    expect(again.out).toEqual(inUser.out);
  });

  test('of fewer changes that says it left changes nothing', () => {
    const step = take(ofAda, 'user:ada', aReportOf('user:ada', 'anonymous:x', { moves: 7, changes: 0, keys: [] }));
    expect(step.node).toBe(ofAda);
    expect(step).toMatchObject({ out: [], touched: false });
  });

  test('from before a child left does not bring it back', () => {
    const left = take(ofAda, 'user:ada', aReportOf('user:ada', 'anonymous:x', { moves: 2, keys: [] }));
    const again = take(left.node, 'user:ada', aReportOf('user:ada', 'anonymous:x'));
    expect(left.touched).toBe(true);
    expect(again.node).toBe(left.node);
    expect(keysOf(again.node, 'user:ada')).toEqual(['user:ada']);
  });

  test('from before a child left that comes after the news that it left does not count', () => {
    const left = take(emptyNode, 'user:ada', aReportOf('user:ada', 'anonymous:x', { moves: 2, keys: [] }));
    expect(left.touched).toBe(false);
    expect(
      keysOf(
        takeAll(
          'user:ada',
          aReportOf('user:ada', 'anonymous:x', { moves: 2, keys: [] }),
          aReportOf('user:ada', 'anonymous:x'),
        ),
        'user:ada',
      ),
    ).toEqual(['user:ada']);
  });

  test.each([
    ['without the shape of the subtree', { above: undefined, times: undefined }],
    ['whose arrays differ in length', { keys: ['anonymous:x', 'anonymous:y'] }],
    ['whose first key is another', { keys: ['anonymous:y'] }],
    ['whose first key hangs on another', { above: [0] }],
    ['whose key hangs below a later one', { keys: ['anonymous:x', 'anonymous:y'], above: [-1, 2], times: [1, 1] }],
    ['whose key hangs on a key of a lesser kind', { keys: ['anonymous:x', 'email:a'], above: [-1, 0], times: [1, 1] }],
    ['whose times are no numbers', { times: ['1'] }],
    ['to another key', { to: 'user:bob' }],
  ])('%s changes nothing', (_, over) => {
    const report = { ...aReportOf('user:ada', 'anonymous:x'), ...over } as ReturnType<typeof aReportOf>;
    expect(take(emptyNode, 'user:ada', report).node).toBe(emptyNode);
  });

  test('of a child that cannot be one changes nothing', () => {
    expect(take(emptyNode, 'anonymous:x', aReportOf('anonymous:x', 'user:ada')).node).toBe(emptyNode);
  });
});

describe('an unlink', () => {
  test('makes a key a home again, tells the parent, and keeps later links out', () => {
    const step = take(inAda, 'anonymous:x', aSplitOf('anonymous:x', 'user:ada', 7));
    expect(step).toMatchObject({
      wasHome: false,
      isHome: true,
      moved: { parentKey: null, moves: minuteOf(LATER), time: 7, why: 'split' },
      cause: { type: 'split', time: 7 },
    });
    expect(step.out).toMatchObject([{ to: 'user:ada', keys: [] }]);
    expect(take(step.node, 'anonymous:x', aLinkOf('anonymous:x', 'user:ada', 1)).node.parent).toBeUndefined();
    expect(take(step.node, 'anonymous:x', aSplitOf('anonymous:x', 'user:ada', 7)).node).toBe(step.node);
  });

  test('leaves a key to the next parent in rank', () => {
    const both = take(inAda, 'anonymous:x', aLinkOf('anonymous:x', 'user:bob', 9)).node;
    const step = take(both, 'anonymous:x', aSplitOf('anonymous:x', 'user:ada', 7));
    expect(step).toMatchObject({ isHome: false, moved: { parentKey: 'user:bob', why: 'identify' } });
  });
});

describe('a change of the own part', () => {
  const cause = { type: 'event' as const, time: 8 };

  test('is told to the parent', () => {
    const step = partChanged(inAda, 'anonymous:x', cause, LATER);
    expect(step).toMatchObject({ touched: true, isHome: false, out: [{ to: 'user:ada', changes: LATER, cause }] });
  });

  test('of a home is told to nobody, and leaves the node as it is', () => {
    const step = partChanged(ofAda, 'user:ada', cause, LATER);
    expect(step).toMatchObject({ touched: true, isHome: true, out: [] });
    expect(step.node).toBe(ofAda);
  });
});

describe('a link that the parent knows need not be published', () => {
  test.each([
    ['a later identify of a device', aLinkOf('anonymous:x', 'user:ada', 6), true],
    ['an identify at the same moment', aLinkOf('anonymous:x', 'user:ada', 5), false],
    ['an earlier identify', aLinkOf('anonymous:x', 'user:ada', 4), false],
    ['another device', aLinkOf('anonymous:y', 'user:ada', 6), false],
    ['a link to another user', aLinkOf('anonymous:x', 'user:bob', 6), false],
  ])('%s', (_, link, expected) => {
    expect(isKnownLink(ofAda, 'user:ada', link)).toBe(expected);
  });

  test.each([
    [4, true],
    [5, false],
    [6, false],
  ])('an alias at %i, of two the later one counts', (time, expected) => {
    const node = takeAll('user:ada', aReportOf('user:ada', 'user:old', { times: [5] }));
    expect(isKnownLink(node, 'user:ada', aLinkOf('user:old', 'user:ada', time))).toBe(expected);
  });

  test('once the child has left, it is', () => {
    const left = takeAll('user:ada', aReportOf('user:ada', 'anonymous:x', { moves: 2, keys: [] }));
    expect(isKnownLink(left, 'user:ada', aLinkOf('anonymous:x', 'user:ada', 6))).toBe(false);
  });
});

describe('a number', () => {
  const numbersOf = ({ node: { moves, changes } }: Step) => ({ moves, changes });
  const toBob = aLinkOf('anonymous:x', 'user:bob', 3);

  const first = minuteOf(FIRST);
  test.each([
    ['is the arrival of what it was given for', LATER, minuteOf(LATER), LATER],
    ['grows by one within a minute', FIRST + 59_999, first + 1, FIRST + 59_999],
    ['grows by one at the same moment', FIRST, first + 1, FIRST + 1],
    ['grows by one for what arrived before, on another shard', FIRST - 500, first + 1, FIRST + 1],
  ])('%s', (_, arrivedAt, moves, changes) => {
    expect(numbersOf(take(inAda, 'anonymous:x', toBob, arrivedAt))).toEqual({ moves, changes });
  });

  test('that was counted from 1 is followed by an arrival', () => {
    const counted = { ...inAda, moves: 3, changes: 17 };
    const step = partChanged(counted, 'anonymous:x', { type: 'event', time: 8 }, LATER);
    expect(numbersOf(step)).toEqual({ moves: 3, changes: LATER });
  });
});
