import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile } from '../../schemas/profile.ts';
import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import { cleanRecord } from '../../shared/clean/clean-record.ts';
import { applyTo } from '../../shared/profile/apply.ts';
import { type FoldedProfile, newFoldedProfile } from '../../shared/profile/folded-profile.ts';
import { newProfile } from '../../shared/profile/new-profile.ts';
import { encodeProfile } from '../../shared/profile/state.ts';
import { newAudience } from '../../shared/segments/audience.ts';
import {
  type CompiledCatalog,
  compileCatalog,
  pruneTracks,
  trackEvent,
} from '../../shared/segments/compile-catalog.ts';
import { catchUp, evaluate } from '../../shared/segments/evaluate.ts';
import type { Person } from '../../shared/segments/person.ts';
import { type Benchmark, type Figure, median, secondsOf } from './figure.ts';
import { storeMessages } from './messages.ts';
import { shopSegments } from './segment-catalog.ts';
import { jsonLogicMatchers, siftMatchers } from './segment-engines.ts';
import { randomFrom, someSegments, someTraits, type Traits } from './segment-rules.ts';

const DEFINITIONS = 1_000;
const PROFILES = 20_000;
/** Profiles at a time, so that the engines take turns and what else the machine does meets all of them. */
const CHUNK = 1_000;
/** Of the profiles of a chunk, those that sift matches: it would take minutes for all. */
const SIFT_PART = 0.05;
const EVENTS = 40_000;
const SEGMENTS = 100;

/** Rules on profiles beside other engines, and what segments add to the update of a profile. */
export const segments: Benchmark = {
  name: 'segments',
  async run(progress) {
    return [
      ...(await rules(progress, 'tests are often shared', false)),
      ...(await rules(progress, 'each number is another', true)),
      ...updates(progress),
    ];
  },
};

async function rules(progress: (step: string) => void, kind: string, isUnlike: boolean): Promise<Figure[]> {
  progress(`${DEFINITIONS} definitions of seven tests on ${PROFILES} profiles; ${kind}`);
  const definitions = someSegments(DEFINITIONS, 1, isUnlike);
  const random = randomFrom(7);
  const traits = Array.from({ length: PROFILES }, () => someTraits(random));
  const people = traits.map(personOf);
  let catalog = catalogOf(definitions);
  const compiling = await secondsOf(() => {
    catalog = catalogOf(definitions);
  });
  const jsonLogic = jsonLogicMatchers(definitions);
  const sift = siftMatchers(definitions);
  const [ours, logic, sifting]: [number[], number[], number[]] = [[], [], []];
  let members = 0;
  for (let from = 0; from < PROFILES; from += CHUNK) {
    const [some, their] = [people.slice(from, from + CHUNK), traits.slice(from, from + CHUNK)];
    const sifted = their.slice(0, CHUNK * SIFT_PART);
    let found: number[] = [];
    let others: number[] = [];
    let siftedFound: number[] = [];
    ours.push(
      await secondsOf(() => {
        found = some.map((person) => membersOf(catalog, person));
      }),
    );
    logic.push(
      await secondsOf(() => {
        others = their.map((each) => countOf(jsonLogic, each));
      }),
    );
    sifting.push(
      (await secondsOf(() => {
        siftedFound = sifted.map((each) => countOf(sift, each));
      })) / SIFT_PART,
    );
    if (found.join() !== others.join() || siftedFound.join() !== found.slice(0, sifted.length).join()) {
      throw new Error('The engines do not find the same members.');
    }
    members += found.reduce((sum, count) => sum + count, 0);
  }
  const rate = (seconds: readonly number[]) => (CHUNK * DEFINITIONS) / median(seconds);
  const value = rate(ours) / 1e6;
  const peers = { logic: rate(logic) / 1e6, sift: rate(sifting) / 1e6 };
  progress(`${members} memberships, the same from each engine`);
  return [
    {
      what: `rules on profiles, transitions made; ${kind}`,
      value,
      unit: 'M/s',
      bound: { kind: 'at least', value: peers.logic },
      peer: { what: 'json-logic-engine, compiled', value: peers.logic },
    },
    {
      what: '  the same',
      value,
      unit: 'M/s',
      ...(!isUnlike && { bound: { kind: 'at least', value: 20 * peers.sift } as const }),
      peer: { what: 'sift', value: peers.sift },
    },
    { what: `  compiling ${DEFINITIONS} definitions`, value: compiling * 1000, unit: 'ms' },
  ];
}

/** What 100 segments add to the updates of profiles, with the demo store's events in the order of arrival. */
function updates(progress: (step: string) => void): Figure[] {
  progress(`${EVENTS} events of the demo store, ${SEGMENTS} segments`);
  const catalog = catalogOf(shopSegments(SEGMENTS));
  const events = storeEvents();
  const people = new Map<string, FoldedProfile>();
  let transitions = 0;
  let seconds = 0;
  for (const event of events) {
    const folded = people.get(event.profileKey) ?? { ...newFoldedProfile(), profile: undefined };
    const profile = folded.profile ?? newProfile(event.profileKey, event.eventTime);
    const person = { key: event.profileKey, profile, tracks: folded.tracks };
    const { audience } = folded;
    const started = performance.now();
    transitions += audience.evaluatedAt === 0 ? 0 : catchUp(catalog, person, audience, event.receivedAt).length;
    seconds += performance.now() - started;
    applyTo(profile, event);
    const { messageId, event: name, eventTime: time } = event;
    const continued = performance.now();
    trackEvent(catalog, folded.tracks, event);
    const cause = { type: 'event', messageId, event: name, time } as const;
    transitions += evaluate(catalog, person, audience, event.receivedAt, cause, [event]).length;
    pruneTracks(catalog, folded.tracks, event.receivedAt);
    seconds += performance.now() - continued;
    people.set(event.profileKey, { ...folded, profile });
  }
  const bytes = (state: FoldedProfile) => encodeProfile(state).state.length;
  const all = [...people.values()];
  const sizes = all.map((state) => bytes(state));
  const bare = all.map((state) => bytes({ ...newFoldedProfile(), profile: state.profile }));
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const memberships = mean(all.map(({ audience }) => audience.memberships.size));
  progress(`${people.size} profiles, ${Math.round(memberships)} memberships each, ${transitions} transitions`);
  return [
    {
      what: `${SEGMENTS} segments on an event: track, evaluate, prune`,
      value: (seconds * 1000) / events.length,
      unit: 'µs/event',
    },
    { what: '  bytes they add to a stored profile', value: mean(sizes) - mean(bare), unit: 'bytes' },
    { what: '  transitions an event', value: transitions / events.length, unit: '' },
  ];
}

const AS_OF = Date.parse('2026-03-02T10:00:00Z');

const catalogOf = (definitions: readonly SegmentDefinition[]): CompiledCatalog =>
  compileCatalog(definitions.map((definition) => ({ id: definition.id, live: { ...definition, version: 1 } })));

function personOf(traits: Traits, index: number): Person {
  const key = `user:${index}`;
  const profile: Profile = { ...newProfile(key, AS_OF), eventCount: 1 };
  for (const [name, value] of Object.entries(traits)) profile.traits.set(name, { value, time: AS_OF, messageId: 'm' });
  return { key, profile, tracks: new Map() };
}

/** Number of segments that a person enters, with their transitions, memberships and due time as in production. */
function membersOf(catalog: CompiledCatalog, person: Person): number {
  return evaluate(catalog, person, newAudience(), AS_OF, { type: 'definition', time: AS_OF }).length;
}

function countOf(matchers: readonly ((traits: Traits) => unknown)[], traits: Traits): number {
  let count = 0;
  for (const matches of matchers) if (matches(traits) === true) count += 1;
  return count;
}

/** The demo store's messages as clean events, received two seconds after they happened. */
function storeEvents(): CleanEvent[] {
  const messages = storeMessages(EVENTS, new Date(AS_OF));
  const events = messages.flatMap((message, index) => {
    const receivedAt = new Date(Date.parse(String(message.originalTimestamp)) + 2_000).toISOString();
    const envelope = { v: 1, kind: 'events', sourceId: 'bench', receivedAt, sentAt: receivedAt, events: [message] };
    const { items } = cleanRecord({
      data: Buffer.from(JSON.stringify(envelope)),
      shardId: 'shardId-000000000000',
      sequenceNumber: String(index),
      arrivedAt: Date.parse(receivedAt),
    });
    return items.flatMap(({ outcome }) => (outcome.ok ? [outcome.event] : []));
  });
  return events.sort((one, other) => one.receivedAt - other.receivedAt);
}
