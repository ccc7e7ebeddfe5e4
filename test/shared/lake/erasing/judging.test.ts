import { expect, test } from 'vitest';
import { judgeMessage } from '../../../../shared/lake/erasing/message-people.ts';
import { withoutNamedLines } from '../../../../shared/lake/erasing/named-lines.ts';
import { People } from '../../../../shared/lake/erasing/people.ts';
import { judgePayload } from '../../../../shared/lake/erasing/text-people.ts';

const ada = new People(
  [
    {
      requestId: 'r-1',
      keys: ['user:ada', 'anonymous:visitor-1', 'email:ada@shop.org', 'phone:+491701234567', 'user:42', 'user:\ufffdx'],
      profileIds: ['p-1'],
    },
  ],
  {},
);

const goes = { kind: 'goes', requests: ['r-1'] };

test.each<[string, Record<string, unknown>]>([
  ['its user id', { type: 'track', userId: 'ada' }],
  ['its user id with spaces', { type: 'track', userId: ' ada ' }],
  ['its user id as a number', { type: 'track', userId: 42 }],
  ['its user id with what cannot be stored', { type: 'track', userId: '\0x' }],
  ['its anonymous id where there is no user id', { type: 'page', anonymousId: 'visitor-1' }],
  ['its anonymous id where the user id is a placeholder', { type: 'page', userId: 'null', anonymousId: 'visitor-1' }],
  ['its previous id in an alias', { type: 'alias', userId: 'carl', previousId: 'visitor-1' }],
  ['its address where there is no id', { type: 'identify', traits: { email: ' Ada@Shop.org' } }],
  ['its number where there is no id', { traits: { phone: '0049 (170) 123-4567' } }],
  ['its address among external ids', { context: { externalIds: [{ type: 'Email', id: 'ada@shop.org' }] } }],
])('a message is a person’s by %s', (_, message) => {
  expect(judgeMessage(message, ada)).toEqual(goes);
});

test.each<[string, Record<string, unknown>]>([
  ['an id that begins alike', { type: 'track', userId: 'ada2', anonymousId: 'visitor-12' }],
  ['an id in other letters', { type: 'track', userId: 'Ada' }],
  ['an id in a property', { type: 'track', userId: 'bob', properties: { friend: 'ada', note: 'visitor-1' } }],
  ['a group of that name', { type: 'group', userId: 'bob', groupId: 'ada' }],
])('a message is nobody else’s by %s', (_, message) => {
  expect(judgeMessage(message, ada)).toEqual({ kind: 'stays' });
});

test('a message of somebody else on a device that was shared only loses the device', () => {
  const message = { type: 'track', userId: 'bob', anonymousId: 'visitor-1', event: 'Order Completed' };
  expect(judgeMessage(message, ada)).toEqual({
    kind: 'renamed',
    requests: ['r-1'],
    rest: { type: 'track', userId: 'bob', event: 'Order Completed' },
  });
});

test('an identify of somebody else only loses the ids that are not theirs', () => {
  const message = {
    type: 'identify',
    userId: 'bob',
    traits: { email: 'ADA@shop.org', plan: 'pro' },
    context: {
      traits: { email: 'bob@shop.org' },
      externalIds: [
        { type: 'phone', id: '+491701234567' },
        { type: 'x', id: 'y' },
      ],
    },
  };
  expect(judgeMessage(message, ada)).toMatchObject({
    kind: 'renamed',
    rest: {
      type: 'identify',
      userId: 'bob',
      traits: { plan: 'pro' },
      context: { traits: { email: 'bob@shop.org' }, externalIds: [{ type: 'x', id: 'y' }] },
    },
  });
});

test.each<[string, string, string?]>([
  ['a record that breaks off', '{"v":1,"events":[{"userId":"ada","event":"Pro'],
  ['a record of several messages', '[{"userId":"bob"},{"anonymousId":"visitor-1"}]'],
  ['a text within a text', JSON.stringify('{"traits":{"email":"ada@shop.org"}}')],
  ['an id as a number', '{"userId": 42,'],
  ['bytes that are no text', Buffer.from('{"userId":"ada"}\xff').toString('base64'), 'base64'],
])('what cannot be read as a message goes when it names a person: %s', (_, payload, encoding) => {
  expect(judgePayload(payload, ada, encoding)).toEqual(goes);
});

test.each([['{"userId":"ada2","note":"ada", broken'], ['[{"userId":"bob"}]'], ['ada'], ['null']])(
  'what cannot be read as a message stays when it names nobody sought: %s',
  (payload) => {
    expect(judgePayload(payload, ada)).toEqual({ kind: 'stays' });
  },
);

test('a line of delimited text goes by a value that is an id, and others keep their bytes', () => {
  const kept = 'customer_id;qty;note\r\nbob;42;"says ""ada"";\r\nand more"\r\nCARL;1;\xe4\xf6\r\n';
  const file = Buffer.from(`${kept}ada;1;x\r\nbob;3;visitor-1\r\n"x";1;" Ada@Shop.org"\r\n`, 'latin1');
  const { bytes, gone } = withoutNamedLines(file, ada);
  expect(bytes.toString('latin1')).toBe(kept);
  expect(gone).toEqual({ 'r-1': 3 });
});

test('a line of NDJSON goes by a value that is an id, at any depth', () => {
  const kept = '{"userId":"bob","qty":42}\n';
  const file = Buffer.from(
    `${kept}{"userId":42}\n{"a":{"traits":["x",{"email":"ada@shop.org"}]}}\n{"line": broken "userId":"ada"`,
  );
  expect(withoutNamedLines(file, ada).bytes.toString()).toBe(kept);
});

const rules = { spaces: [{ id: 'brand-b', sources: ['brand-b-web'] }] };
const sought = (...keys: string[]) => new People([{ requestId: 'r-1', keys, profileIds: [] }], rules);
const identify = { type: 'identify', userId: 'brand-b/42', traits: { email: 'ada@shop.org' } };

test("a message of a space is its people's, and nobody's of the same ids outside", () => {
  expect(judgeMessage(identify, sought('user:brand-b/42'))).toMatchObject(goes);
  expect(judgeMessage(identify, sought('email:brand-b/ada@shop.org'))).toMatchObject({ kind: 'renamed' });
  expect(judgeMessage(identify, sought('user:42', 'email:ada@shop.org'))).toEqual({ kind: 'stays' });
  const outside = { ...identify, userId: '42' };
  expect(judgeMessage(outside, sought('user:brand-b/42', 'email:brand-b/ada@shop.org'))).toEqual({ kind: 'stays' });
});

test('a message that gives an address alone is of the space of its source', () => {
  const message = { type: 'identify', traits: { email: 'ada@shop.org' } };
  const [inside, outside] = [sought('email:brand-b/ada@shop.org'), sought('email:ada@shop.org')];
  expect(judgeMessage(message, inside, 'brand-b-web')).toEqual(goes);
  expect(judgeMessage(message, outside, 'brand-b-web')).toEqual({ kind: 'stays' });
  expect(judgeMessage(message, outside, 'web')).toEqual(goes);
  expect(judgeMessage(message, inside, 'web')).toEqual({ kind: 'stays' });
});

test('of what cannot be read it is only guessed in which space it names somebody', () => {
  const broken = '{"userId":"42","email":"ada@shop.org"';
  for (const keys of [['user:brand-b/42'], ['user:42'], ['email:brand-b/ada@shop.org']])
    expect(judgePayload(broken, sought(...keys))).toEqual({ ...goes, isGuess: true });
});

test('lines of a file are of the space of its import', () => {
  const file = Buffer.from('user_id,email\n42,ada@shop.org\n');
  const left = (space: string | undefined, ...keys: string[]) =>
    withoutNamedLines(file, sought(...keys), space)
      .bytes.toString()
      .split('\n').length;
  expect(left('brand-b', 'user:brand-b/42')).toBe(2);
  expect(left('brand-b', 'email:brand-b/ada@shop.org')).toBe(2);
  expect(left('brand-b', 'user:42', 'email:ada@shop.org')).toBe(3);
  expect(left(undefined, 'user:brand-b/42', 'email:brand-b/ada@shop.org')).toBe(3);
  expect(left(undefined, 'user:42')).toBe(2);
});
