import type { ProfileView } from '../../../schemas/profile.ts';
import type {
  ExplanationNode,
  SegmentExplanation,
  SegmentsPage,
  TransitionsPage,
} from '../../../schemas/segment/view.ts';
import { asTable } from '../query/result-format.ts';
import { bestCustomer } from './best-customer.ts';
import type { Stage } from './tour.ts';

const LARGEST = 12;
const TRANSITIONS = 5;

/** Shows the segments that every deployment begins with, those of one customer, and why the customer is in one. */
export async function showSegments({ store, get, print }: Stage): Promise<void> {
  print('GET /v1/segments?limit=100\n');
  const { items } = (await get('/v1/segments?limit=100')) as SegmentsPage;
  const filled = items.filter(({ count = 0 }) => count > 0).sort((one, other) => (other.count ?? 0) - (one.count ?? 0));
  if (filled.length === 0) throw new Error('No segment has a member.');
  print(
    asTable(
      [text('segment'), text('name'), { name: 'members', type: 'bigint' }],
      filled.slice(0, LARGEST).map(({ id, name, count }) => [id, name, String(count)]),
    ),
  );

  const path = `/v1/profiles/${encodeURIComponent(bestCustomer(store.ledger))}`;
  const { segments } = (await get(path)) as ProfileView;
  const explained = segments.find(({ id }) => id.startsWith('value-')) ?? segments.find(({ id }) => !id.includes(':'));
  if (explained === undefined) throw new Error('The best customer is in no segment.');
  print(`\nThe best customer is in ${segments.map(({ id }) => id).join(', ')}.`);
  print(`\nGET ${path}/segments/${explained.id}/explain\n`);
  const { explanation } = (await get(`${path}/segments/${explained.id}/explain`)) as SegmentExplanation;
  print(tree(explanation).join('\n'));

  print(`\nGET ${path}/transitions?limit=${TRANSITIONS}\n`);
  const { items: transitions } = (await get(`${path}/transitions?limit=${TRANSITIONS}`)) as TransitionsPage;
  print(
    asTable(
      ['at', 'segment', 'to', 'because of'].map(text),
      transitions.map(({ at, segmentId, to, cause }) => [at, segmentId, to, cause.event ?? cause.type]),
    ),
  );
}

const text = (name: string) => ({ name, type: 'varchar' });

/** A line for each condition: its verdict, what it asks, and the value that it saw. */
function tree({ condition, conditions = [], saw, verdict }: ExplanationNode, depth = 0): string[] {
  const seen = saw === undefined ? '' : `   saw ${JSON.stringify(saw)}`;
  const line = `${'  '.repeat(depth)}${verdict ? '✔' : '✘'} ${JSON.stringify(condition)}${seen}`;
  return [line, ...conditions.flatMap((inner) => tree(inner, depth + 1))];
}
