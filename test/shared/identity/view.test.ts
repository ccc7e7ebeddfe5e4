import { expect, test } from 'vitest';
import { type IdentityNode, identityView as identityViewSchema } from '../../../schemas/identity.ts';
import type { Key } from '../../../schemas/stream/control.ts';
import { identityView } from '../../../shared/identity/view.ts';
import { settleWorld, type WorldRecord } from './a-world.ts';
import { aLinkOf, aSplitOf } from './arbitraries.ts';

const props = { seed: 1, shards: 2, crashRate: 0, crashes: 0, resends: 0, homesKeepNews: true };

function viewOf(home: Key, keys: readonly Key[], records: readonly WorldRecord[]) {
  const { nodes } = settleWorld(records, props);
  const view = identityView(
    'p-1',
    home,
    keys.map((key) => ({ key, node: nodes.get(key) as IdentityNode, eventCount: 0 })),
  );
  expect(() => identityViewSchema.parse(view)).not.toThrow();
  return view;
}
const states = ({ links }: ReturnType<typeof viewOf>) =>
  links.map(({ child, parent, state }) => [child, parent, state]);

test('shows which link of each key decides, and which are outranked or blocked', () => {
  const view = viewOf(
    'user:ada',
    ['anonymous:x', 'user:ada'],
    [
      aLinkOf('anonymous:x', 'user:eve', 1),
      aLinkOf('anonymous:x', 'user:ada', 2),
      aLinkOf('anonymous:x', 'user:bob', 3),
      aSplitOf('anonymous:x', 'user:eve'),
    ],
  );
  expect(states(view)).toEqual([
    ['anonymous:x', 'user:eve', 'blocked'],
    ['anonymous:x', 'user:ada', 'active'],
    ['anonymous:x', 'user:bob', 'outranked'],
  ]);
});

test('shows the link that is left out because it closes a ring', () => {
  const ring = [aLinkOf('user:a', 'user:b', 1), aLinkOf('user:b', 'user:a', 2)];
  expect(states(viewOf('user:a', ['user:b', 'user:a'], ring))).toEqual([
    ['user:a', 'user:b', 'cycle'],
    ['user:b', 'user:a', 'active'],
  ]);
});

test('shows the home first, and what each key has seen', () => {
  const node = settleWorld([aLinkOf('email:a', 'user:ada', 1)], props).nodes.get('email:a') as IdentityNode;
  const view = identityView('p-1', 'user:ada', [
    { key: 'email:a', node, eventCount: 0 },
    { key: 'user:ada', node: { ...node, links: [] }, eventCount: 2, firstSeen: 0, lastSeen: 60_000 },
  ]);
  expect(view).toMatchObject({ profileId: 'p-1', key: 'user:ada' });
  expect(view.keys).toEqual([
    {
      key: 'user:ada',
      kind: 'user',
      eventCount: 2,
      firstSeen: '1970-01-01T00:00:00.000Z',
      lastSeen: '1970-01-01T00:01:00.000Z',
    },
    { key: 'email:a', kind: 'email', eventCount: 0, firstSeen: null, lastSeen: null },
  ]);
  expect(view.links).toMatchObject([
    {
      child: 'email:a',
      parent: 'user:ada',
      why: 'identify',
      event: 'Identify',
      messageId: 'm1',
      time: '1970-01-01T00:00:00.001Z',
    },
  ]);
});
