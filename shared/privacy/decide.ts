import { CONSENT_EVENT, type Purpose, type WithheldReason } from '../../schemas/event/vocabulary.ts';
import type { Key } from '../../schemas/stream/control.ts';
import type { CleanedItem, CleanedRecord, ReceivedRecord } from '../clean/cleaned-record.ts';
import { withheldItem } from '../clean/failed.ts';
import { choiceItem } from './choice-item.ts';
import { type Claim, type ClaimRules, claimOf } from './claim.ts';
import {
  type Choice,
  type Choices,
  choiceAt,
  choiceBefore,
  isLater,
  mergeChoices,
  type RegisterEntry,
} from './register.ts';

/** What the register knows of a key. */
export type EntryOf = (key: Key) => RegisterEntry | undefined;

/**
 * Whether a message may be stored: not of somebody who was erased, and only with consent to analytics. That is what the
 * message itself says, else the last choice of its user or device that had arrived before it, else the default.
 */
export function decide(claim: Claim, entryOf: EntryOf): 'accept' | { readonly reason: WithheldReason } {
  if (claim.keys.some((key) => isErased(claim, entryOf(key)))) return { reason: 'erased' };
  const entries = claim.people.flatMap((key) => entryOf(key) ?? []);
  const isGranted =
    claim.choices.analytics ?? choiceAt(entries, 'analytics', claim.place)?.granted ?? claim.isGrantedByDefault;
  return isGranted ? 'accept' : { reason: 'no_consent' };
}

const isErased = ({ happenedAt, receivedAt }: Claim, entry: RegisterEntry | undefined): boolean => {
  const erased = entry?.erased;
  return erased !== undefined && (erased.suppress || happenedAt < erased.at || receivedAt < erased.at);
};

/** A record of the stream with what cleaning made of it. */
export interface CleanedBatchRecord {
  readonly received: ReceivedRecord;
  readonly cleaned: CleanedRecord;
}

/** A batch before anybody knows what of it may be stored. */
export class Hearing<R extends CleanedBatchRecord> {
  readonly #records: readonly R[];
  /** Of each record, by item. */
  readonly #claims: readonly (readonly Claim[])[];

  constructor(records: readonly R[], rules: ClaimRules) {
    this.#records = records;
    this.#claims = records.map(({ received, cleaned }) =>
      cleaned.items.map((item) => claimOf(cleaned, item, received, rules)),
    );
  }

  /** The keys of which the register must be asked. */
  get keys(): Key[] {
    const keys = new Set<Key>();
    for (const claims of this.#claims) for (const claim of claims) for (const key of claim.keys) keys.add(key);
    return [...keys];
  }

  /** Decides by what the register knows and what the batch itself chooses. */
  judge(entries: ReadonlyMap<Key, RegisterEntry>): Judgement<R> {
    // So it is mostly: nobody has said anything, and nothing is denied.
    const isQuiet = (claim: Claim) => claim.isGrantedByDefault && isEmpty(claim.choices);
    if (entries.size === 0 && this.#claims.every((claims) => claims.every(isQuiet))) {
      return { records: this.#records, notes: new Map() };
    }
    const known = new Map(entries);
    const notes = new Map<Key, Choices>();
    const news = new Set<Claim>();
    for (const [at, { cleaned }] of this.#records.entries()) {
      const said: Said = new Map();
      for (const [index, claim] of (this.#claims[at] as readonly Claim[]).entries()) {
        if (cleaned.items[index]?.outcome.ok !== true) continue;
        if (claim.keys.some((key) => isErased(claim, known.get(key)))) continue;
        if (hear(claim, said, known, notes)) news.add(claim);
        inherit(claim, said, known, notes);
      }
    }
    const entryOf: EntryOf = (key) => known.get(key);
    const records = this.#records.map((record, at) => {
      const claims = this.#claims[at] as readonly Claim[];
      const { cleaned } = record;
      const items = cleaned.items.map((item, index) => {
        const claim = claims[index] as Claim;
        const decision = decide(claim, entryOf);
        return decision === 'accept' ? item : refused(record, item, decision.reason, news.has(claim));
      });
      return items.every((item, index) => item === cleaned.items[index])
        ? record
        : { ...record, cleaned: { ...cleaned, items } };
    });
    return { records, notes };
  }
}

export interface Judgement<R> {
  /** What may be stored of each record. */
  readonly records: readonly R[];
  /** Choices that the register does not know, by key: noted before anything else is written. */
  readonly notes: ReadonlyMap<Key, Choices>;
}

function isEmpty(choices: object): boolean {
  for (const _ in choices) return false;
  return true;
}

const nothing: RegisterEntry = { consent: {} };

/** What the messages of one record have changed so far, by key and purpose. */
type Said = Map<string, Choice>;

/**
 * Takes in what a message chooses; answers whether that changes anybody's mind. That is told by what held before the record
 * came and what the record has said so far, so that it is told alike when the record comes again.
 */
function hear(
  { choices, people, happenedAt, place }: Claim,
  said: Said,
  known: Map<Key, RegisterEntry>,
  notes: Map<Key, Choices>,
): boolean {
  const { arrivedAt, shardId, sequenceNumber } = place;
  let isNews = false;
  for (const [purpose, granted] of Object.entries(choices) as [Purpose, boolean][]) {
    const choice: Choice = { granted, time: happenedAt, since: { arrivedAt, shardId, sequenceNumber } };
    for (const key of people) {
      const entry = known.get(key) ?? nothing;
      const name = `${purpose} ${key}`;
      if (!changes(choice, said.get(name) ?? choiceBefore(entry, purpose, place))) continue;
      isNews = true;
      said.set(name, choice);
      note(key, purpose, choice, known, notes);
    }
  }
  return isNews;
}

/** Has keys that are joined to another heed what that one has chosen, unless they have chosen later themselves. */
function inherit({ joins, place }: Claim, said: Said, known: Map<Key, RegisterEntry>, notes: Map<Key, Choices>): void {
  const { arrivedAt, shardId, sequenceNumber } = place;
  const holds = (purpose: Purpose, key: Key) =>
    said.get(`${purpose} ${key}`) ?? choiceBefore(known.get(key) ?? nothing, purpose, place);
  for (const [child, parent] of joins) {
    for (const purpose of Object.keys(known.get(parent)?.consent ?? {}) as Purpose[]) {
      const from = holds(purpose, parent);
      if (from === undefined || !changes(from, holds(purpose, child))) continue;
      const choice: Choice = { ...from, since: { arrivedAt, shardId, sequenceNumber } };
      said.set(`${purpose} ${child}`, choice);
      note(child, purpose, choice, known, notes);
    }
  }
}

/** Adds a choice to what is known of a key and, where the register does not have it, to what it is told. */
function note(
  key: Key,
  purpose: Purpose,
  choice: Choice,
  known: Map<Key, RegisterEntry>,
  notes: Map<Key, Choices>,
): void {
  const entry = known.get(key) ?? nothing;
  const consent = mergeChoices(entry.consent, { [purpose]: [choice] });
  if (consent[purpose] === entry.consent[purpose]) return;
  known.set(key, { ...entry, consent });
  notes.set(key, mergeChoices(notes.get(key) ?? {}, { [purpose]: [choice] }));
}

const changes = (choice: Choice, holds: Choice | undefined): boolean =>
  holds === undefined || (choice.granted !== holds.granted && isLater(choice, holds));

/** What is left of a message that may not be stored: what it chose, if that is new, or that there was one. */
function refused(
  { received, cleaned }: CleanedBatchRecord,
  { index, outcome }: CleanedItem,
  reason: WithheldReason,
  isNews: boolean,
): CleanedItem {
  const event = reason === 'no_consent' && outcome.ok ? outcome.event : undefined;
  const choice = event && (isNews || event.event === CONSENT_EVENT) ? choiceItem(received, event, index) : undefined;
  return choice ?? withheldItem(cleaned, index, reason);
}
