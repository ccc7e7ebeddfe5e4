import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile } from '../../schemas/profile.ts';
import type { Cause } from '../../schemas/stream/control.ts';
import type { Audience, MembershipChange } from './audience.ts';
import { Changes } from './changes.ts';
import type { CompiledCatalog, CompiledSegment, CompiledVersion } from './compile-catalog.ts';
import { holds } from './nodes.ts';
import type { Person } from './person.ts';
import { type Moment, NEVER } from './predicates/predicate.ts';

/** How soon a person is looked at again while the past that a pending definition needs has not come. */
const PENDING_MS = 60_000;

/** Events that were applied since the person was last evaluated, each of them; without it everything is looked at. */
export type Touched = readonly CleanEvent[];

/**
 * Brings a person's memberships up to `asOf` and returns what changed, in the order of the transitions' numbers. Sets
 * `audience.due`: before that moment nothing changes without an event.
 *
 * Never goes back: `asOf` counts as at least `audience.evaluatedAt`. Time-caused changes up to asOf must have been caught
 * up with before (`catchUp`), or they are taken to happen now.
 */
export function evaluate(
  catalog: CompiledCatalog,
  person: Person,
  audience: Audience,
  asOf: number,
  cause: Cause,
  touched?: Touched,
): MembershipChange[] {
  const at = Math.max(asOf, audience.evaluatedAt);
  const changes = new Changes(audience, at, cause);
  const members = new Uint8Array(catalog.segments.length);
  const outdated = readMembers(catalog, audience, members, changes);
  const isDue = audience.due !== 0 && audience.due <= at;
  const isWhole =
    touched === undefined || outdated.length > 0 || mustSeeAll(person.profile, audience, touched.length, isDue);
  const places = isWhole ? catalog.everyPlace : catalog.touches.touchedBy(touched, isDue);
  const moment: Moment = { person, asOf: at, until: NEVER, members };
  const look = lookAt(catalog, moment, audience, changes, isWhole);
  let due = isWhole || isDue || audience.due === 0 ? NEVER : audience.due;
  for (const place of places) due = Math.min(due, look(place));
  for (const { id, version } of outdated) changes.renew(id, version);

  for (const key of catalog.pendingKeys) if (!audience.ready.has(key)) due = Math.min(due, at + PENDING_MS);
  for (const key of audience.ready) if (!catalog.pendingKeys.has(key)) audience.ready.delete(key);
  audience.due = due === NEVER ? 0 : Math.max(due, at + 1);
  audience.evaluatedAt = at;
  return changes.made;
}

/** Evaluates as of every moment that was due up to `asOf`, so that changes by time bear the time at which they were due. */
export function catchUp(
  catalog: CompiledCatalog,
  person: Person,
  audience: Audience,
  asOf: number,
): MembershipChange[] {
  const made: MembershipChange[] = [];
  while (audience.due !== 0 && audience.due <= asOf) {
    const { due } = audience;
    made.push(...evaluate(catalog, person, audience, due, { type: 'time', time: due }, []));
  }
  return made;
}

/** Takes a person out of every segment: they have become a part of another person. */
export function leaveAll(audience: Audience, asOf: number, cause: Cause): MembershipChange[] {
  const at = Math.max(asOf, audience.evaluatedAt);
  const changes = new Changes(audience, at, cause);
  for (const id of [...audience.memberships.keys()]) changes.exit(id);
  audience.due = 0;
  audience.evaluatedAt = at;
  return changes.made;
}

/** The version that decides about a person: the pending one as soon as the past it needs is there. */
export function versionFor(
  { live, pending, pendingKey }: CompiledSegment,
  ready: ReadonlySet<string>,
): CompiledVersion | undefined {
  return pending !== undefined && ready.has(pendingKey) ? pending : live;
}

/** Whether a person can be in a segment at all: known by an event, and by one that is not a bot's where that counts. */
export function isCandidate({ eventCount, botEventCount }: Profile, includeBots: boolean): boolean {
  return includeBots ? eventCount > 0 : eventCount > botEventCount;
}

/**
 * At the first evaluation, and at the first event that is not a bot's, any segment may change; and while a definition was
 * pending, it may since have gone live.
 */
function mustSeeAll(profile: Profile, audience: Audience, events: number, isDue: boolean): boolean {
  const { evaluatedAt, due } = audience;
  const { eventCount, botEventCount } = profile;
  const wasPending = isDue && due - evaluatedAt <= PENDING_MS;
  const isFirst = events > 0 && (eventCount - botEventCount <= events || eventCount <= events);
  return evaluatedAt === 0 || wasPending || isFirst;
}

/** The version that decides about a membership; undefined where the segment is gone, or not of that kind any more. */
function versionOf(
  catalog: CompiledCatalog,
  membershipId: string,
  ready: ReadonlySet<string>,
): CompiledVersion | undefined {
  const colon = membershipId.indexOf(':');
  const place = catalog.places.get(colon < 0 ? membershipId : membershipId.slice(0, colon));
  const segment = place === undefined ? undefined : catalog.segments[place];
  const version = segment && versionFor(segment, ready);
  return version !== undefined && (version.tags === undefined) === colon < 0 ? version : undefined;
}

/** A membership by another version than the current one. */
interface Outdated {
  readonly id: string;
  readonly version: number;
}

/** Marks the segments that the person is in, and leaves those that are gone. */
function readMembers(catalog: CompiledCatalog, audience: Audience, members: Uint8Array, changes: Changes): Outdated[] {
  const outdated: Outdated[] = [];
  for (const [id, { version }] of audience.memberships) {
    const current = versionOf(catalog, id, audience.ready);
    if (current === undefined) {
      changes.exit(id, 'definition');
      continue;
    }
    if (current.definition.version !== version) outdated.push({ id, version: current.definition.version });
    if (current.tags === undefined) members[catalog.places.get(id) as number] = 1;
  }
  return outdated;
}

/** Makes a function that evaluates the segment at a place, and returns until when its memberships stand if nothing happens. */
function lookAt(
  catalog: CompiledCatalog,
  moment: Moment,
  audience: Audience,
  changes: Changes,
  isWhole: boolean,
): (place: number) => number {
  const { segments, sweep, pendingKeys } = catalog;
  const { members, person } = moment;
  const isSwept = isWhole && pendingKeys.size === 0 && isCandidate(person.profile, false);
  if (isSwept) sweep.run(moment);

  const set = (place: number, isMember: boolean, version?: CompiledVersion) => {
    if ((members[place] === 1) === isMember) return;
    const segment = segments[place] as CompiledSegment;
    const { definition } = version ?? (segment.live as CompiledVersion);
    if (isMember) changes.enter(segment.id, definition.version);
    else changes.exit(segment.id, undefined, definition.version);
    members[place] = isMember ? 1 : 0;
  };

  return (place) => {
    if (isSwept && sweep.isSwept(place)) {
      set(place, sweep.holds(place));
      return NEVER;
    }
    const segment = segments[place] as CompiledSegment;
    const version = versionFor(segment, audience.ready);
    if (version === undefined) return NEVER;
    const { definition, root, tags } = version;
    const canBe = isCandidate(person.profile, definition.includeBots);
    if (tags !== undefined) {
      changes.setTags(segment.id, canBe ? tags.find(moment) : [], definition.version);
      return canBe ? moment.until : NEVER;
    }
    set(place, canBe && root !== undefined && holds(root, moment), version);
    return canBe && root !== undefined ? root.until : NEVER;
  };
}
