import type { IdentityNode } from '../../schemas/identity.ts';
import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { Profile } from '../../schemas/profile.ts';
import type {
  Cause,
  ControlRecord,
  EraseRecord,
  Key,
  LinkRecord,
  PartRecord,
  UnlinkRecord,
} from '../../schemas/stream/control.ts';
import { rawIdOf } from '../identity/keys.ts';
import { isKnownLink } from '../identity/known-link.ts';
import { linksOf } from '../identity/links-of.ts';
import { emptyNode, forgetKeys, isNewer, movesAfter, partChanged, receive, type Step } from '../identity/receive.ts';
import { addRows, type CompiledCatalog, pruneTracks, readyKey, trackEvent } from '../segments/compile-catalog.ts';
import { applyTo } from './apply.ts';
import { isBornSince } from './born-since.ts';
import type { ControlDelivery, EventDelivery, KeyBackfill, KeyForget } from './delivery.ts';
import { dueToArm, isPutOff } from './due.ts';
import { type FoldedProfile, isNothing } from './folded-profile.ts';
import { Home, type OwnPart } from './home.ts';
import { drop, newProfile, profileIdOf } from './new-profile.ts';
import { isOnlyNews } from './only-news.ts';
import { transitionId } from './outbox-cells.ts';
import { Outgoing } from './outgoing.ts';
import { keysOfPerson } from './parts.ts';
import { type KeyPart, partsOfUnseen } from './unseen.ts';

/** What is known beside the key's own item. */
export interface TurnContext {
  readonly catalog: CompiledCatalog;
  readonly identity: IdentityRules;
  /** The parts of the other keys that `partKeysFor` names, read after the key's own item. */
  readonly parts: ReadonlyMap<Key, KeyPart>;
}

/** One key while deliveries are taken in. */
export class Turn {
  readonly own: OwnPart;
  node: IdentityNode;
  hasChanged = false;
  hasErased = false;
  /** The other keys of a person who was forgotten, whose items go with what this turn writes. */
  forgotten: readonly Key[] | undefined;
  readonly #key: Key;
  readonly #context: TurnContext;
  readonly #home: Home;
  readonly #outgoing = new Outgoing();
  /** What changed the own part last, while the key has a parent. */
  #news: Cause | undefined;
  /** Whether the person whom the key forgot had denied marketing. */
  #denied = false;
  /** Arrival of the latest event that tracks took a row of. */
  #trackedAt = 0;
  /** Arrival of the latest delivery. */
  #latest = 0;
  readonly #due: number;
  /** Pending definitions that the key was ready for. */
  readonly #ready: number;

  constructor(key: Key, { profile, tracks, identity, audience }: FoldedProfile, context: TurnContext) {
    this.own = { profile, tracks, audience };
    this.node = identity;
    this.#key = key;
    this.#context = context;
    this.#home = new Home(key, this.own, context.catalog);
    this.#due = audience.due;
    this.#ready = audience.ready.size;
    if (this.#isHome) this.#gather();
  }

  get #isHome(): boolean {
    return this.node.parent === undefined;
  }

  get #isAlone(): boolean {
    return this.#isHome && this.node.children.size === 0;
  }

  event({ event, arrivedAt }: EventDelivery): void {
    const { catalog, identity } = this.#context;
    this.#latest = Math.max(this.#latest, arrivedAt);
    if (this.#isHome) this.#home.catchUp(arrivedAt);
    const profile = this.own.profile ?? this.#begin(event.eventTime);
    applyTo(profile, event);
    if (trackEvent(catalog, this.own.tracks, event)) this.#trackedAt = Math.max(this.#trackedAt, arrivedAt);
    this.#home.hasApplied(event);

    const cause: Cause = { type: 'event', messageId: event.messageId, event: event.event, time: event.eventTime };
    if (this.#isHome) this.#home.evaluate(arrivedAt, cause, event);
    else this.#news = cause;
    for (const link of linksOf(event, identity)) {
      if (link.child === this.#key) this.#identify(link, arrivedAt);
      else if (!isKnownLink(this.node, this.#key, link)) this.#outgoing.link(link);
    }
  }

  /** Links to publish so far. */
  get links(): number {
    return this.#outgoing.links;
  }

  control({ control, arrivedAt }: ControlDelivery): void {
    this.#latest = Math.max(this.#latest, arrivedAt);
    switch (control.kind) {
      case 'link':
      case 'unlink':
      case 'part':
        this.#identify(control, arrivedAt);
        break;
      case 'tick':
        this.#tick(control.at);
        break;
      case 'backfill':
        this.#backfill(control, arrivedAt);
        break;
      case 'rebuilt':
        this.#rebuilt(arrivedAt);
        break;
      case 'erase':
        this.#erase(control, arrivedAt);
        break;
      case 'forget':
        this.#forget(control, arrivedAt);
        break;
    }
  }

  /**
   * Ends the turn, and says when to be woken. That alone is no change to write: where a tick finds that an event has put off
   * what it was for, the item may go on saying the moment before, at which nothing changes.
   */
  end(): number | undefined {
    const { audience, tracks } = this.own;
    const { catalog } = this.#context;
    const cut = this.#trackedAt > 0 ? pruneTracks(catalog, tracks, this.#trackedAt) : 0;
    if (cut > 0 && this.own.profile !== undefined) drop(this.own.profile, 'track_rows_over_limit', cut);
    for (const one of audience.ready) if (!catalog.pendingKeys.has(one)) audience.ready.delete(one);
    if (this.#news !== undefined && !this.#isHome) {
      const { node, out } = partChanged(this.node, this.#key, this.#news, this.#latest);
      this.node = node;
      this.#outgoing.report(out);
      this.hasChanged = true;
    }
    const arm = this.#isHome ? dueToArm(audience) : undefined;
    if (arm !== undefined) audience.armed = arm;
    if (!isPutOff(audience.due, this.#due) || audience.ready.size < this.#ready) this.hasChanged = true;
    if (this.#home.changes.length > 0) this.hasChanged = true;
    return arm;
  }

  records(): ControlRecord[] {
    const { changes } = this.#home;
    const records: ControlRecord[] = [];
    if (changes.length > 0) {
      const profileId = this.own.profile?.profileId ?? profileIdOf(this.#key);
      const consent = this.#denied || this.#home.deniesMarketing ? { consent: { marketing: false } as const } : {};
      const items = changes.map((change) => {
        return { id: transitionId(profileId, change.n), profileId, key: this.#key, ...change, ...consent };
      });
      records.push({ v: 1, kind: 'transitions', items });
    }
    return [...records, ...this.#outgoing.records()];
  }

  /** A definition that waits for its backfill finds all of a key's past here, if it was known before the first event. */
  #begin(time: number): Profile {
    const profile = newProfile(this.#key, time);
    this.own.profile = profile;
    for (const ready of this.#context.catalog.pendingKeys) this.own.audience.ready.add(ready);
    return profile;
  }

  #identify(record: LinkRecord | UnlinkRecord | PartRecord, arrivedAt: number): void {
    if (record.kind === 'part' && this.#isOutdated(record)) return;
    const step = receive(this.node, this.#key, record, arrivedAt);
    if (step.node === this.node && !step.touched) return;
    if (step.wasHome) this.#home.catchUp(arrivedAt);
    if (!isOnlyNews(this.node, step, record)) {
      this.hasChanged = true;
      this.node = step.node;
    }
    this.#settle(step, arrivedAt);
  }

  /**
   * Whether a child that is said to be there has said more since, or was forgotten: then there may be no farewell to come, and
   * it would stay for good.
   */
  #isOutdated({ child, keys, moves, changes }: PartRecord): boolean {
    if (keys.length === 0) return false;
    const now = this.#context.parts.get(child)?.identity;
    return now === undefined || isNewer(now, { moves, changes });
  }

  /** Says what a change of the key's place means to others, and to its person. */
  #settle(step: Step, arrivedAt: number): void {
    this.#outgoing.report(step.out);
    if (step.moved !== undefined) this.#outgoing.move(step.moved);
    if (step.wasHome && !step.isHome) this.#home.leave(arrivedAt, step.cause);
    if (step.isHome && step.touched) {
      this.#gather();
      this.#home.evaluate(arrivedAt, step.cause);
    }
  }

  #tick(at: number): void {
    if (!this.#isHome) return;
    const { audience } = this.own;
    if (audience.armed <= at) audience.armed = 0;
    this.#home.catchUp(at);
    this.#home.evaluate(at, { type: 'time', time: at });
  }

  #backfill({ segments, tracks }: KeyBackfill, arrivedAt: number): void {
    const { ready } = this.own.audience;
    const { catalog } = this.#context;
    // Of whom no event is known here the lake knows who was forgotten, or events that are yet to come and bring their rows.
    const isKnown = this.own.profile !== undefined;
    const found = segments
      .map(({ id, version }) => readyKey(id, version))
      .filter((one) => isKnown && catalog.pendingKeys.has(one));
    const isNew = found.some((one) => !ready.has(one));
    const hasRows = isKnown && addRows(catalog, this.own.tracks, tracks);
    const hasNews = hasRows || isNew;
    if (hasNews) {
      for (const one of found) ready.add(one);
      // A person of one key who learned only that nothing concerns them is not written: many are told at once, and an
      // event that comes before the definition is live has them looked at again when it is.
      if (hasRows || !this.#isAlone) this.hasChanged = true;
      this.#home.hasBackfilled();
    }
    const cause: Cause = { type: 'definition', time: arrivedAt };
    if (!this.#isHome) {
      if (hasNews) this.#news = cause;
      return;
    }
    // Without news, too: a segment that is gone is left.
    this.#home.catchUp(arrivedAt);
    this.#home.evaluate(arrivedAt, cause);
  }

  /** Somebody who has since joined another person was looked at there. */
  #rebuilt(arrivedAt: number): void {
    if (!this.#isHome) return;
    this.#home.catchUp(arrivedAt);
    this.#home.evaluate(arrivedAt, { type: 'rebuild', time: arrivedAt });
  }

  /** Of a person who was erased the key forgets all if it was theirs, or else what it knows of their keys. */
  #erase({ keys, at }: EraseRecord, arrivedAt: number): void {
    const gone = new Set(keys);
    const cause: Cause = { type: 'erasure', time: arrivedAt };
    if (gone.has(this.#key)) {
      if (isBornSince(at, this.own.profile, this.node)) return;
      this.#eraseAll(arrivedAt, cause);
      this.#outgoing.withdrawMoves();
      return;
    }
    // Written in any case: what the last write had to say may name them, too.
    this.hasChanged = true;
    for (const key of keys) this.own.profile?.anonymousIds.delete(rawIdOf(key));
    const step = forgetKeys(this.node, this.#key, gone, cause, arrivedAt);
    if (step.node === this.node) return;
    if (step.wasHome) this.#home.catchUp(arrivedAt);
    this.node = step.node;
    this.#settle(step, arrivedAt);
  }

  /** Of a person whom nobody has seen since all keys forget all; the lake hears that each stands for itself again. */
  #forget({ before }: KeyForget, arrivedAt: number): void {
    if (!this.#isHome) return;
    const others = partsOfUnseen(this.#key, this.own, this.node, this.#context.parts, before);
    if (others === undefined) return;
    for (const [key, { identity }] of others) {
      const moves = movesAfter(identity.moves, arrivedAt);
      this.#outgoing.move({ profileKey: key, parentKey: null, moves, time: arrivedAt, why: 'retention' });
    }
    this.forgotten = [...others.keys()];
    this.#eraseAll(arrivedAt, { type: 'retention', time: arrivedAt });
  }

  #eraseAll(arrivedAt: number, cause: Cause): void {
    const { audience, tracks } = this.own;
    this.#denied = this.#home.deniesMarketing;
    if (this.#isHome) this.#home.leave(arrivedAt, cause);
    this.own.profile = undefined;
    tracks.clear();
    audience.ready.clear();
    Object.assign(audience, { evaluatedAt: 0, due: 0, armed: 0 });
    this.node = emptyNode;
    this.#outgoing.withdraw();
    this.#news = undefined;
    this.#home.setOthers([]);
    this.hasErased = true;
  }

  get #isNothing(): boolean {
    return isNothing({ ...this.own, identity: this.node });
  }

  /** Whether nothing is left of what an erasure took. */
  get isBlank(): boolean {
    return this.hasErased && this.#isNothing;
  }

  /** Takes the parts of the person's other keys as they were read. */
  #gather(): void {
    const keys = keysOfPerson(this.#key, this.node);
    this.#home.setOthers(keys.flatMap((key) => this.#context.parts.get(key) ?? []));
  }
}
