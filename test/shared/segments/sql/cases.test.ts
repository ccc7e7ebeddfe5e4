import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CleanEvent } from '../../../../schemas/event/clean-event.ts';
import { cleanRecord } from '../../../../shared/clean/clean-record.ts';
import { membersSql } from '../../../../shared/segments/sql/members.ts';
import { anEnvelope, aRecord, type Message } from '../../../fixtures/events.ts';
import vectors from '../../../vectors/segment-agreement-cases.json' with { type: 'json' };
import { aLake, type TestLake } from './a-lake.ts';
import { aSegment } from './a-segment.ts';
import { realtime } from './realtime.ts';

type Case = [name: string, condition: Record<string, unknown>, messages: Message[], isMember: boolean, asOf?: string];

let lake: TestLake;
beforeAll(async () => {
  lake = await aLake();
});
afterAll(() => lake[Symbol.asyncDispose]());

const NOW = '2026-03-02T10:00:00.000Z';
const HOME = 'user:ada';

/** What Ada was heard to do: a track message at nine that day, unless the case says otherwise. */
function heard(message: Message, index: number): CleanEvent {
  const full = {
    type: 'track',
    userId: 'ada',
    messageId: `m-${index}`,
    timestamp: '2026-03-02T09:00:00.000Z',
    ...message,
  };
  const receivedAt = new Date(Math.max(Date.parse(NOW), Date.parse(full.timestamp as string))).toISOString();
  const outcome = cleanRecord(aRecord(anEnvelope([full], { receivedAt }))).items[0]?.outcome;
  if (outcome?.ok !== true) throw new Error(`The message is refused: ${JSON.stringify(outcome)}`);
  return outcome.event;
}

test.each(vectors as Case[])('%s', async (_, condition, messages, isMember, asOf = NOW) => {
  const events = messages.map(heard);
  const segment = aSegment(condition);
  await lake.write(events, new Map(events.map(({ profileKey }) => [profileKey, HOME])));

  const { sql } = membersSql([segment], segment.id, { asOf: Date.parse(asOf) });

  expect(await lake.rows(sql)).toEqual(isMember ? [[HOME]] : []);
  expect(realtime([segment])({ home: HOME, events }, Date.parse(asOf)).has(segment.id)).toBe(isMember);
});
