import type { Column, LakeTable } from '../../../schemas/lake/column.ts';
import { type NamesPeople, personsOf } from '../../../schemas/lake/persons.ts';
import { placeId } from './marks-of-rows.ts';
import { type JsonObject, judgeMessage, stays, type Verdict } from './message-people.ts';
import { type People, type Requests, union } from './people.ts';
import { judgePayload } from './text-people.ts';

type Value = string | number | boolean | undefined;

/** Values of a row by column. */
export type ReadRow = (column: string) => Value;

/** What becomes of a row: of one that stays without names, the columns that change. */
export type RowVerdict = Verdict<Readonly<Record<string, string | undefined>>>;

/** What rows left behind that went, by request. */
export interface Traces {
  /** Who had the row at a place of the stream, by `placeId`. */
  ofPlace(id: string): Requests;
  /** Whose row a relation had under an id. */
  ofId(relation: string, id: string): Requests;
}

/** Judges the rows of a table by few of its columns. */
export interface Judge {
  readonly columns: readonly Column[];
  judge(row: ReadRow): RowVerdict;
}

/** Undefined for a table that names nobody. Throws for one of which it is not said whom it names. */
export function judgeOf(table: LakeTable, people: People, traces?: Traces): Judge | undefined {
  const names = personsOf(table.name);
  if (names === undefined) throw new Error(`It is not said how ${table.name} names people: schemas/lake/persons.ts.`);
  const judged = judgeBy(names, people, traces);
  return judged && { columns: table.columns.filter(({ name }) => judged.reads.includes(name)), judge: judged.judge };
}

/** Judges rows of anything that names people so; undefined for what names nobody. */
export const judgeBy = (names: NamesPeople, people: People, traces?: Traces): Judged | undefined =>
  judges[names.by](names as never, people, traces);

/** Judges rows by the columns that it reads. */
export interface Judged {
  readonly reads: readonly string[];
  readonly judge: (row: ReadRow) => RowVerdict;
}

type Names<By extends NamesPeople['by']> = Extract<NamesPeople, { by: By }>;

const goesFor = (requests: Requests): RowVerdict => (requests.length === 0 ? stays : { kind: 'goes', requests });
const textOf = (value: Value): string | undefined => (typeof value === 'string' ? value : undefined);

const judges: {
  readonly [By in NamesPeople['by']]: (names: Names<By>, people: People, traces?: Traces) => Judged | undefined;
} = {
  nobody: () => undefined,
  columns: ({ keys, profileIds = [], keyLists = [] }, people) => ({
    reads: [...keys, ...profileIds, ...keyLists],
    judge: (row) => {
      const named = people.ofKeys(...keys.map((name) => textOf(row(name))));
      const owners = profileIds.reduce((all, name) => union(all, people.ofProfile(textOf(row(name)))), named);
      return owners.length > 0 ? goesFor(owners) : withoutKeys(keyLists, row, people);
    },
  }),
  message: ({ payload }, people) => ({
    reads: [payload, 'payload_encoding', 'source_id'],
    judge: (row) => {
      const [text, encoding, source] = [payload, 'payload_encoding', 'source_id'].map((name) => textOf(row(name)));
      const verdict = judgePayload(text, people, encoding, source);
      return verdict.kind === 'renamed' ? { ...verdict, rest: { [payload]: verdict.rest } } : verdict;
    },
  }),
  event: (_, people) => ({
    reads: ['type', 'user_id', 'anonymous_id', 'previous_id', 'profile_key', 'traits', 'context', 'changes'],
    judge: (row) => judgeEvent(row, people),
  }),
  places: ({ places }, _, traces) => ({
    reads: places.flat(),
    judge: (row) =>
      goesFor(
        places.reduce<Requests>(
          (all, place) => union(all, traces?.ofPlace(placeId(place.map((name) => row(name))))),
          [],
        ),
      ),
  }),
  ids: ({ relation, id }, _, traces) => ({
    reads: [relation, id],
    judge: (row) => goesFor(traces?.ofId(String(row(relation)), String(row(id))) ?? []),
  }),
};

/** As the message would be judged that it was cleaned from. */
function judgeEvent(row: ReadRow, people: People): RowVerdict {
  const ofKey = people.ofKeys(textOf(row('profile_key')));
  if (ofKey.length > 0) return goesFor(ofKey);
  const message = {
    type: row('type'),
    userId: row('user_id'),
    anonymousId: row('anonymous_id'),
    previousId: row('previous_id'),
    traits: objectOf(textOf(row('traits'))),
    context: objectOf(textOf(row('context'))),
  };
  const verdict = judgeMessage(message, people);
  if (verdict.kind !== 'renamed') return verdict;
  const { anonymousId, previousId, traits, context } = verdict.rest;
  return {
    ...verdict,
    rest: {
      anonymous_id: textOf(anonymousId as Value),
      previous_id: textOf(previousId as Value),
      ...(traits !== undefined && traits !== message.traits && { traits: JSON.stringify(traits) }),
      ...(context !== undefined && context !== message.context && { context: JSON.stringify(context) }),
      changes: withoutIds(textOf(row('changes'))),
    },
  };
}

/** What cleaning noted of ids and traits may repeat them. */
function withoutIds(changes: string | undefined): string | undefined {
  if (changes === undefined) return undefined;
  const noted = JSON.parse(changes) as readonly { readonly path?: unknown }[];
  const kept = noted.filter(({ path }) => !/^(anonymousId|previousId|traits|context)\b/.test(String(path)));
  return JSON.stringify(kept);
}

function objectOf(text: string | undefined): JsonObject | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
}

/** A row of somebody else, whose lists lose the keys of sought people. */
function withoutKeys(lists: readonly string[], row: ReadRow, people: People): RowVerdict {
  const rest: Record<string, string> = {};
  let requests: Requests = [];
  for (const name of lists) {
    const keys = listOf(textOf(row(name)));
    const kept = keys.filter((key) => people.ofKeys(key).length === 0);
    if (kept.length === keys.length) continue;
    rest[name] = JSON.stringify(kept);
    requests = union(requests, people.ofKeys(...keys));
  }
  return requests.length === 0 ? stays : { kind: 'renamed', requests, rest };
}

function listOf(text: string | undefined): string[] {
  const value: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
