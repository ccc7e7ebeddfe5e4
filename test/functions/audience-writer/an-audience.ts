import { createAudienceLists } from '../../../functions/adapters/audience-lists.ts';
import { createAudienceStore } from '../../../functions/adapters/audience-store.ts';
import { createBarriers } from '../../../functions/adapters/barriers.ts';
import { createAudienceWriter } from '../../../functions/audience-writer/audience-writer.ts';
import type { Transition } from '../../../schemas/stream/control.ts';
import type { ReceivedRecord } from '../../../shared/clean/cleaned-record.ts';
import { ARRIVAL, aRecord } from '../../fixtures/events.ts';
import { aKinesisEvent } from '../../fixtures/profiles.ts';
import { type Fault, MemoryDynamoDb } from '../adapters/memory-dynamodb.ts';

/** An audience table and an outbound queue in memory, and the writer before them. */
export function anAudience() {
  const table = new MemoryDynamoDb('pk', 'sk');
  const sent: Transition[] = [];
  const lines: { code?: unknown }[] = [];
  /** Decides on each transition that is sent. */
  const faults = { onSend: (): Fault => 'none' };
  const handler = createAudienceWriter({
    store: createAudienceStore(table.client, 'audience', () => ARRIVAL),
    send: async (transitions) => {
      for (const transition of transitions) {
        const fault = faults.onSend();
        if (fault === 'refused') throw new Error('The queue is out of reach.');
        sent.push(transition);
        if (fault === 'answer_lost') throw new Error('The connection was closed.');
      }
    },
    barriers: createBarriers(table.client, 'audience', () => ARRIVAL),
    log: (_, __, fields = {}) => lines.push(fields),
  });
  const lists = createAudienceLists(table.client, 'audience');
  return {
    table,
    sent,
    lines,
    faults,
    lists,
    write: (records: readonly ReceivedRecord[]) => handler(aKinesisEvent(records)),
    /** All members, page by page. */
    async members(segmentId: string, limit = 7): Promise<string[]> {
      const keys: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await lists.listMembers(segmentId, { limit, cursor });
        keys.push(...page.items.map(({ key }) => key));
        if (page.nextCursor === null) return keys;
        cursor = page.nextCursor;
      }
    },
  };
}
export type Audience = ReturnType<typeof anAudience>;

export const transitionsOf = (items: readonly Transition[], over: Partial<ReceivedRecord> = {}) =>
  aRecord({ v: 1, kind: 'transitions', items }, over);
