import type { AskApi } from './api.ts';
import { allRows, type Query } from './compare-lake.ts';
import type { Comparison } from './difference.ts';
import { isSurelyNoticed, type Ledger } from './ledger.ts';
import type { QueuedTransition } from './queue.ts';
import { TRIALS, tortureSegments } from './segments.ts';

interface Row {
  readonly id: string;
  readonly profileId: string;
  readonly person: string;
  readonly n: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly segmentId: string;
  readonly to: string;
}

/**
 * Compares transitions and members: each person's transitions are numbered without a gap and alternate in each segment,
 * whoever entered last is a member, and the members are who the ledger says.
 */
export async function compareTransitions(
  ledger: Ledger,
  query: Query,
  ask: AskApi,
  queued: readonly QueuedTransition[] | undefined,
  comparison: Comparison,
): Promise<void> {
  const rows = await transitions(query);
  const members = checkOrder(rows, comparison);
  const listed = await allRows(query('SELECT segment_id, person_key FROM segment_members'));
  comparison.equal(
    'members of all segments, by their transitions and by the view of members',
    [...members].sort(),
    listed.map(([segment, person]) => `${segment} ${person}`).sort(),
  );
  for (const { definition, isMember } of tortureSegments) {
    const { id } = definition;
    const expected = [...ledger.persons].filter(([, person]) => isMember(person)).map(([key]) => key);
    const { keys, count } = await membersOf(id, ask);
    compareSets(`member of ${id}`, expected, keys, comparison);
    comparison.equal(`count of ${id}`, expected.length, count);
    const byTransitions = [...members].filter((one) => one.startsWith(`${id} `)).map((one) => one.slice(id.length + 1));
    compareSets(`member of ${id} by transitions`, expected, byTransitions, comparison);
  }
  trials(ledger, rows, comparison);
  if (queued !== undefined) compareQueue(rows, queued, comparison);
}

async function transitions(query: Query): Promise<Row[]> {
  const rows = await allRows(
    query(
      'SELECT transition_id, profile_id, person_key, transition_number, changed_at, segment_id, change FROM transitions',
    ),
  );
  return rows
    .map(([id, profileId, person, n, at, segmentId, to]) => {
      return { id, profileId, person, n: Number(n), at: Date.parse(`${at}Z`), segmentId, to } as Row;
    })
    .sort((one, other) =>
      one.profileId === other.profileId ? one.n - other.n : one.profileId < other.profileId ? -1 : 1,
    );
}

/** Answers `<segment> <person>` of whoever entered and did not leave. */
function checkOrder(rows: readonly Row[], comparison: Comparison): Set<string> {
  const members = new Set<string>();
  const ids = new Set<string>();
  const numbers = new Map<string, number>();
  const states = new Map<string, string>();
  for (const { id, profileId, person, n, at, segmentId, to } of rows) {
    if (ids.has(id)) comparison.wrong('a transition counts twice', to, id);
    ids.add(id);
    comparison.equal(
      'number of a transition',
      numbers.has(profileId) ? (numbers.get(profileId) ?? 0) + 1 : Math.floor(at / 10),
      n,
      id,
    );
    numbers.set(profileId, n);
    const membership = `${profileId} ${segmentId}`;
    const state = states.get(membership) ?? 'exited';
    comparison.equal('what follows in a segment', state === 'exited' ? 'entered' : 'exited', to, id);
    states.set(membership, to);
    if (to === 'entered') members.add(`${segmentId} ${person}`);
    else members.delete(`${segmentId} ${person}`);
  }
  return members;
}

/** Whoever began a trial entered, and left when it was over; each once. */
function trials({ persons }: Ledger, rows: readonly Row[], comparison: Comparison): void {
  const changes = Map.groupBy(
    rows.filter(({ segmentId }) => segmentId === TRIALS),
    ({ person }) => person,
  );
  for (const [key, { trial }] of persons) {
    const found = changes.get(key)?.map(({ to }) => to) ?? [];
    if (trial === undefined || isSurelyNoticed(trial) || found.length > 0) {
      comparison.equal('transitions of a trial', trial === undefined ? [] : ['entered', 'exited'], found, key);
    }
  }
}

function compareQueue(rows: readonly Row[], queued: readonly QueuedTransition[], comparison: Comparison): void {
  const latest = new Map<string, number>();
  const seen = new Set<string>();
  for (const { id, profileId, n } of queued) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (n < (latest.get(profileId) ?? 0)) comparison.wrong('a transition left the queue after a later one', n, id);
    latest.set(profileId, n);
  }
  compareSets(
    'transition on the queue',
    rows.map(({ id }) => id),
    [...seen],
    comparison,
  );
}

async function membersOf(id: string, ask: AskApi): Promise<{ keys: string[]; count: number | undefined }> {
  interface Page {
    readonly items: readonly {
      readonly userId: string | null;
      readonly anonymousId?: string | null;
      readonly key?: string;
    }[];
    readonly nextCursor: string | null;
  }
  const keys: string[] = [];
  for (let cursor: string | null | undefined = ''; cursor !== null && cursor !== undefined; ) {
    const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: Page | undefined = await ask<Page>('GET', `/v1/segments/${id}/members?limit=100${from}`);
    for (const { key, userId } of page?.items ?? []) keys.push(key ?? `user:${userId}`);
    cursor = page?.nextCursor;
  }
  const segment = await ask<{ count: number }>('GET', `/v1/segments/${id}`);
  return { keys, count: segment?.count };
}

function compareSets(
  what: string,
  expected: readonly string[],
  found: readonly string[],
  comparison: Comparison,
): void {
  const left = new Set(found);
  comparison.equal(`${what}: each once`, found.length, left.size);
  for (const one of expected) if (!left.delete(one)) comparison.equal(what, one, undefined, one);
  for (const one of left) comparison.wrong(what, one, one);
  comparison.compared += expected.length;
}
