import { beforeAll, expect, test } from 'vitest';
import type { CleanEvent } from '../../../../schemas/event/clean-event.ts';
import { cleanRecord } from '../../../../shared/clean/clean-record.ts';
import { manyMembersSql } from '../../../../shared/segments/sql/members.ts';
import { anEnvelope, aRecord, type Message } from '../../../fixtures/events.ts';
import vectors from '../../../vectors/segment-agreement-cases.json' with { type: 'json' };
import { aLake } from './a-lake.ts';
import { aSegment } from './a-segment.ts';
import { realtime } from './realtime.ts';

type Case = [name: string, condition: Record<string, unknown>, messages: Message[], isMember: boolean, asOf?: string];

const NOW = '2026-03-02T10:00:00.000Z';

const cases = (vectors as Case[]).map(([name, condition, messages, isMember, asOf = NOW], at) => ({
  name,
  segment: aSegment(condition, { id: `case-${at}` }),
  person: { home: `user:p${at}`, events: messages.map((message, index) => heard(message, index, `p${at}`)) },
  isMember,
  asOf: Date.parse(asOf),
}));

/** What a person was heard to do: a track message at nine that day, unless the case says otherwise. */
function heard(message: Message, index: number, person: string): CleanEvent {
  const full = {
    type: 'track',
    userId: person,
    messageId: `m-${index}`,
    timestamp: '2026-03-02T09:00:00.000Z',
    ...message,
    ...(message.anonymousId !== undefined && { anonymousId: `${message.anonymousId}-${person}` }),
  };
  const receivedAt = new Date(Math.max(Date.parse(NOW), Date.parse(full.timestamp as string))).toISOString();
  const outcome = cleanRecord(aRecord(anEnvelope([full], { receivedAt }))).items[0]?.outcome;
  if (outcome?.ok !== true) throw new Error(`The message is refused: ${JSON.stringify(outcome)}`);
  return outcome.event;
}

/** `<home> <segment id>` of each membership in the lake, as of the moment of each case. */
const inLake = new Set<string>();
beforeAll(async () => {
  await using lake = await aLake();
  const personOf = cases.flatMap(({ person }) =>
    person.events.map((event) => [event.profileKey, person.home] as const),
  );
  await lake.write(
    cases.flatMap(({ person }) => person.events),
    new Map(personOf),
  );
  for (const asOf of new Set(cases.map((each) => each.asOf))) {
    const segments = cases.filter((each) => each.asOf === asOf).map(({ segment }) => segment);
    const ids = segments.map(({ id }) => id);
    for (const [home, ...is] of await lake.rows(manyMembersSql(segments, ids, { asOf }).sql)) {
      for (const [at, id] of ids.entries()) if (is[at] === 'true') inLake.add(`${home} ${id}`);
    }
  }
});

test.each(cases.map((each) => [each.name, each] as const))('%s', (_, { segment, person, isMember, asOf }) => {
  expect(inLake.has(`${person.home} ${segment.id}`)).toBe(isMember);
  expect(realtime([segment])(person, asOf).has(segment.id)).toBe(isMember);
});
