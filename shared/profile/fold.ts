import type { IdentityNode } from '../../schemas/identity.ts';
import type { IdentityRules } from '../../schemas/identity-rules.ts';
import type { Profile } from '../../schemas/profile.ts';
import type {
  Cause,
  ControlRecord,
  IdentityChange,
  Key,
  LinkRecord,
  PartRecord,
  UnlinkRecord,
} from '../../schemas/stream/control.ts';
import { isKnownLink } from '../identity/known-link.ts';
import { addLink } from '../identity/links.ts';
import { linksOf } from '../identity/links-of.ts';
import { partChanged, receive, type Step } from '../identity/receive.ts';
import { addRows, type CompiledCatalog, pruneTracks, readyKey, trackEvent } from '../segments/compile-catalog.ts';
import { Admission, type Spilled } from './admission.ts';
import { applyTo } from './apply.ts';
import {
  type ControlDelivery,
  type Delivery,
  type EventDelivery,
  isEventDelivery,
  type KeyBackfill,
} from './delivery.ts';
import { type FoldedProfile, newFoldedProfile } from './folded-profile.ts';
import { Home, type OwnPart, type Part } from './home.ts';
import { limits } from './limits.ts';
import { drop, newProfile, profileIdOf } from './new-profile.ts';
import { transitionId } from './outbox-cells.ts';
import { keysOfPerson } from './parts.ts';

/** What is known beside the key's own item. */
export interface FoldContext {
  /** Ids of the side items that the ledger names. */
  readonly pages: readonly Uint8Array[];
  readonly catalog: CompiledCatalog;
  readonly identity: IdentityRules;
  /** The parts of the other keys that `partKeysFor` names, read after the key's own item. */
  readonly parts: ReadonlyMap<Key, Part>;
}

export interface Folded {
  /** How many deliveries were taken in; those after it go into another write, because the outbox is full. */
  readonly taken: number;
  /** What to write; undefined if all that the deliveries say was known. */
  readonly next: FoldedProfile | undefined;
  readonly spilled: Spilled | undefined;
  /** When to be woken, in milliseconds since 1970, before `next` is written; undefined if that is arranged. */
  readonly arm: number | undefined;
  /** Events that were new. */
  readonly applied: number;
  /** Events whose message id had been seen within the dedup window. */
  readonly repeated: number;
}

/** A due time whose tick has not come for so long was lost. */
const LOST_AFTER_MS = 3_600_000;

/**
 * Takes in what is new among `deliveries` (of one key, each shard's in order) to `stored`, which it may change.
 *
 * An event is applied once, as `Admission` says. What is no event may come any number of times: a link, a report or a
 * backfill that is known changes nothing, and a tick finds nothing due. So all of a batch may come again.
 *
 * At the home of a person segments are evaluated after each delivery, as of its arrival; a key that has a parent tells it
 * at the end that its part has changed.
 */
export function fold(
  key: Key,
  stored: FoldedProfile | undefined,
  deliveries: readonly Delivery[],
  context: FoldContext,
): Folded {
  const before = stored ?? newFoldedProfile();
  const admission = new Admission(before.ledger, deliveries.filter(isEventDelivery), context.pages);
  const turn = new Turn(key, before, context);
  let taken = 0;
  for (const delivery of deliveries) {
    if (turn.links >= limits.linksPerWrite) break;
    taken += 1;
    if (isEventDelivery(delivery)) {
      if (admission.admits(delivery)) turn.event(delivery);
    } else {
      turn.control(delivery);
    }
  }
  const { applied, repeated } = admission;
  const arm = turn.end();
  if (applied + repeated === 0 && !turn.hasChanged) {
    return { taken, next: undefined, spilled: undefined, arm: undefined, applied, repeated };
  }

  const { shardId, sequenceNumber } = deliveries[taken - 1] as Delivery;
  const records = turn.records();
  const outbox = records.length === 0 ? undefined : { shardId, sequenceNumber, records };
  const { ledger, spilled } = admission.close();
  const { profile, tracks, audience } = turn.own;
  const next = { profile, ledger, tracks, identity: turn.node, audience, outbox };
  return { taken, next, spilled, arm, applied, repeated };
}

/** One key while deliveries are taken in. */
class Turn {
  readonly own: OwnPart;
  node: IdentityNode;
  hasChanged = false;
  readonly #key: Key;
  readonly #context: FoldContext;
  readonly #home: Home;
  readonly #moves: IdentityChange[] = [];
  /** By child and parent. */
  readonly #links = new Map<string, LinkRecord>();
  readonly #out: (UnlinkRecord | PartRecord)[] = [];
  /** What changed the own part last, while the key has a parent. */
  #news: Cause | undefined;
  /** Arrival of the latest event that tracks took a row of. */
  #trackedAt = 0;
  readonly #due: number;
  readonly #armed: number;

  constructor(key: Key, { profile, tracks, identity, audience }: FoldedProfile, context: FoldContext) {
    this.own = { profile, tracks, audience };
    this.node = identity;
    this.#key = key;
    this.#context = context;
    this.#home = new Home(key, this.own, context.catalog);
    this.#due = audience.due;
    this.#armed = audience.armed;
    if (this.#isHome) this.#gather();
  }

  get #isHome(): boolean {
    return this.node.parent === undefined;
  }

  event({ event, arrivedAt }: EventDelivery): void {
    const { catalog, identity } = this.#context;
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
      else if (!isKnownLink(this.node, this.#key, link)) this.#link(link);
    }
  }

  /** Links to publish so far. */
  get links(): number {
    return this.#links.size;
  }

  control({ control, arrivedAt }: ControlDelivery): void {
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
    }
  }

  /** Ends the turn, and says when to be woken. */
  end(): number | undefined {
    const { audience, tracks } = this.own;
    const { catalog } = this.#context;
    const cut = this.#trackedAt > 0 ? pruneTracks(catalog, tracks, this.#trackedAt) : 0;
    if (cut > 0 && this.own.profile !== undefined) drop(this.own.profile, 'track_rows_over_limit', cut);
    for (const one of audience.ready) if (!catalog.pendingKeys.has(one)) audience.ready.delete(one);
    if (this.#news !== undefined && !this.#isHome) {
      const { node, out } = partChanged(this.node, this.#key, this.#news);
      this.node = node;
      this.#out.push(...out);
      this.hasChanged = true;
    }
    const arm = this.#isHome ? dueToArm(audience) : undefined;
    if (arm !== undefined) audience.armed = arm;
    if (audience.due !== this.#due || audience.armed !== this.#armed) this.hasChanged = true;
    if (this.#home.changes.length > 0) this.hasChanged = true;
    return arm;
  }

  records(): ControlRecord[] {
    const { changes } = this.#home;
    const records: ControlRecord[] = [];
    if (changes.length > 0) {
      const profileId = this.own.profile?.profileId ?? profileIdOf(this.#key);
      const items = changes.map((change) => {
        return { id: transitionId(profileId, change.n), profileId, key: this.#key, ...change };
      });
      records.push({ v: 1, kind: 'transitions', items });
    }
    if (this.#moves.length > 0) records.push({ v: 1, kind: 'identities', items: this.#moves });
    return [...records, ...this.#links.values(), ...lastReports(this.#out)];
  }

  /** Of several links between two keys the child needs the one that ranks first. */
  #link(record: LinkRecord): void {
    const { child, parent, link } = record;
    const name = `${child}\n${parent}`;
    const known = this.#links.get(name);
    const held = known === undefined ? [] : [{ parent, ...known.link }];
    if (addLink(held, { parent, ...link }, child) === held) return;
    this.#links.set(name, record);
  }

  /** A definition that waits for its backfill finds all of a key's past here, if it was known before the first event. */
  #begin(time: number): Profile {
    const profile = newProfile(this.#key, time);
    this.own.profile = profile;
    for (const ready of this.#context.catalog.pendingKeys) this.own.audience.ready.add(ready);
    return profile;
  }

  #identify(record: LinkRecord | UnlinkRecord | PartRecord, arrivedAt: number): void {
    const step = receive(this.node, this.#key, record);
    if (step.node === this.node && !step.touched) return;
    if (step.wasHome) this.#home.catchUp(arrivedAt);
    if (!isOnlyNews(this.node, step, record)) {
      this.hasChanged = true;
      this.node = step.node;
    }
    this.#out.push(...step.out);
    if (step.moved !== undefined) this.#moves.push(step.moved);
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
    const found = segments
      .map(({ id, version }) => readyKey(id, version))
      .filter((one) => catalog.pendingKeys.has(one));
    const isNew = found.some((one) => !ready.has(one));
    const hasNews = addRows(catalog, this.own.tracks, tracks) || isNew;
    if (hasNews) {
      for (const one of found) ready.add(one);
      this.hasChanged = true;
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

  /** Takes the parts of the person's other keys as they were read. */
  #gather(): void {
    const keys = keysOfPerson(this.#key, this.node);
    this.#home.setOthers(keys.flatMap((key) => this.#context.parts.get(key) ?? []));
  }
}

/** The due time that nobody would wake the person for. */
function dueToArm({ due, armed, evaluatedAt }: OwnPart['audience']): number | undefined {
  if (due === 0) return undefined;
  const isArmed = armed > 0 && armed <= due && armed + LOST_AFTER_MS > evaluatedAt;
  return isArmed ? undefined : due;
}

/**
 * Whether a home has learned nothing but that a part has changed: that need not be kept, since a report that comes again
 * does no more than have the person evaluated again.
 */
function isOnlyNews(node: IdentityNode, step: Step, record: LinkRecord | UnlinkRecord | PartRecord): boolean {
  if (record.kind !== 'part' || !step.wasHome || !step.isHome || step.out.length > 0) return false;
  const [before, after] = [node.children.get(record.child), step.node.children.get(record.child)];
  if (before === undefined || after === undefined || before.moves !== after.moves) return false;
  const isSame = (name: 'keys' | 'above' | 'times') =>
    before[name].length === after[name].length && before[name].every((value, at) => value === after[name][at]);
  return isSame('keys') && isSame('above') && isSame('times');
}

/** Of several reports to one parent the last says all; that a person was joined remains the cause. */
function lastReports(records: readonly (UnlinkRecord | PartRecord)[]): (UnlinkRecord | PartRecord)[] {
  const last = new Map<Key, PartRecord>();
  for (const record of records) {
    if (record.kind !== 'part') continue;
    const before = last.get(record.to);
    const cause = before?.cause.type === 'merge' ? before.cause : record.cause;
    last.delete(record.to);
    last.set(record.to, { ...record, cause });
  }
  return [...records.filter(({ kind }) => kind !== 'part'), ...last.values()];
}
