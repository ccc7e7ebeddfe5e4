import type { CleanEvent } from '../../schemas/event/clean-event.ts';
import type { Profile } from '../../schemas/profile.ts';
import type { Cause, Key } from '../../schemas/stream/control.ts';
import type { Audience, MembershipChange } from '../segments/audience.ts';
import { type CompiledCatalog, mergeTracks, trackEvent } from '../segments/compile-catalog.ts';
import { catchUp, evaluate, leaveAll } from '../segments/evaluate.ts';
import type { Person } from '../segments/person.ts';
import type { Tracks } from '../segments/tracks.ts';
import type { FoldedProfile } from './folded-profile.ts';
import { mergeLazily } from './merge.ts';

/** What another key of the person holds. */
export type Part = Pick<FoldedProfile, 'profile' | 'tracks' | 'audience'>;

/** The home's own part, which grows while its events are folded. */
export interface OwnPart {
  profile: Profile | undefined;
  readonly tracks: Tracks;
  readonly audience: Audience;
}

/**
 * A person at their home: evaluates the segments on the parts of all keys. Of a person of a single part nothing is copied.
 */
export class Home {
  readonly #key: Key;
  readonly #own: OwnPart;
  readonly #catalog: CompiledCatalog;
  readonly changes: MembershipChange[] = [];
  #others: readonly Part[] = [];
  /** Of the others, merged. */
  #theirs: Profile | undefined;
  #profile: Profile | undefined;
  #tracks: Tracks | undefined;

  constructor(key: Key, own: OwnPart, catalog: CompiledCatalog) {
    this.#key = key;
    this.#own = own;
    this.#catalog = catalog;
  }

  /** Says what the other keys of the person hold; those without events hold nothing of interest. */
  setOthers(parts: readonly Part[]): void {
    this.#others = parts.filter(({ profile, tracks }) => profile !== undefined || tracks.size > 0);
    const profiles = this.#others.flatMap(({ profile }) => profile ?? []);
    this.#theirs = profiles.length === 0 ? undefined : mergeLazily(this.#key, profiles);
    this.#profile = undefined;
    this.#tracks = undefined;
  }

  /** The home's own part has taken in an event. */
  hasApplied(event: CleanEvent): void {
    this.#profile = undefined;
    if (this.#tracks !== undefined && this.#tracks !== this.#own.tracks) trackEvent(this.#catalog, this.#tracks, event);
  }

  /** The home's own tracks were given other rows. */
  hasBackfilled(): void {
    this.#tracks = undefined;
  }

  /** Brings memberships to each moment that was due up to `asOf`, so that they change when time says, whoever comes late. */
  catchUp(asOf: number): void {
    const { due } = this.#own.audience;
    if (due === 0 || due > asOf) return;
    this.#evaluate((person, audience) => catchUp(this.#catalog, person, audience, asOf));
  }

  /** Brings memberships up to `asOf`, never back. `event` is what alone is new. */
  evaluate(asOf: number, cause: Cause, event?: CleanEvent): void {
    const touched = event && [event];
    this.#evaluate((person, audience) => evaluate(this.#catalog, person, audience, asOf, cause, touched));
  }

  /** The key has got a parent: from now on its person is somebody else's, who will be in segments for both. */
  leave(asOf: number, cause: Cause): void {
    const { audience } = this.#own;
    if (audience.evaluatedAt > 0) this.changes.push(...leaveAll(audience, asOf, cause));
    audience.armed = 0;
  }

  /** Whether the person has denied marketing, or it was denied by default. */
  get deniesMarketing(): boolean {
    return this.#person().profile.consent.get('marketing')?.granted === false;
  }

  #evaluate(by: (person: Person, audience: Audience) => readonly MembershipChange[]): void {
    const { audience } = this.#own;
    if (this.#own.profile === undefined && this.#theirs === undefined && audience.memberships.size === 0) {
      // Nobody: a key without events that has, or once had, other keys.
      audience.due = 0;
      return;
    }
    const person = this.#person();
    if (this.#others.length === 0) {
      this.changes.push(...by(person, audience));
      return;
    }
    const { ready } = audience;
    audience.ready = this.#readyForAll();
    this.changes.push(...by(person, audience));
    audience.ready = ready;
  }

  /** A pending definition can be decided only when the past of every part with events is there. */
  #readyForAll(): Set<string> {
    const parts = [this.#own, ...this.#others].filter(({ profile }) => profile !== undefined);
    const [first, ...rest] = parts.map(({ audience }) => audience.ready);
    return new Set([...(first ?? [])].filter((one) => rest.every((ready) => ready.has(one))));
  }

  #person(): Person {
    const { profile, tracks } = this.#own;
    const others = this.#others;
    this.#profile ??= mergeLazily(this.#key, [profile, this.#theirs].filter(isThere));
    this.#tracks ??=
      others.length === 0 ? tracks : mergeTracks(this.#catalog, [tracks, ...others.map((part) => part.tracks)]);
    return { key: this.#key, profile: this.#profile, tracks: this.#tracks };
  }
}

const isThere = <T>(value: T | undefined): value is T => value !== undefined;
