import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileOfIds, GroupIds } from '../../../shared/import/group-ids.ts';
import { groupId, messageIdOf } from '../../../shared/import/message-id.ts';

const id = fc.record({ high: fc.integer({ min: 0, max: 40 }), low: fc.constantFrom(0, 1, 1024, 2048, 0xffffffff) });
const textOf = ({ high, low }: { high: number; low: number }) => `${high} ${high === 0 && low === 0 ? 1 : low}`;

test('holds what was added, however its table grew, and what a file of it says', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 200 }), id, (added, asked) => {
      const ids = new GroupIds(2);
      for (const each of added) ids.add(each);
      const expected = new Set(added.map(textOf));
      const read = new GroupIds(2);
      read.addAll(fileOfIds(added));
      expect([ids.size, ids.has(asked), read.size, read.has(asked)]).toEqual([
        expected.size,
        expected.has(textOf(asked)),
        expected.size,
        expected.has(textOf(asked)),
      ]);
    }),
  );
});

test('a messageId follows from the name, the key, its number and the rule, and from nothing else', () => {
  const ids = [
    messageIdOf(groupId('shop', '["1"]', 1), 0),
    messageIdOf(groupId('shop', '["1"]', 1), 1),
    messageIdOf(groupId('shop', '["1"]', 2), 0),
    messageIdOf(groupId('shop', '["2"]', 1), 0),
    messageIdOf(groupId('other', '["1"]', 1), 0),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(messageIdOf(groupId('shop', '["1"]', 1), 0)).toBe(ids[0]);
  expect(ids.every((each) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(each))).toBe(true);
});
