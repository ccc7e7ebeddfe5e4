import { setTimeout as pause } from 'node:timers/promises';
import type { Transition } from '../../schemas/stream/control.ts';
import { type JsonService, jsonService } from './json-service.ts';

/** Sends transitions out, those of each person in order; throws when one was not taken. */
export type SendTransitions = (transitions: readonly Transition[]) => Promise<void>;

/** SQS went on refusing messages, or refused one as wrong. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';

  constructor(messages: number, codes: readonly string[]) {
    super(`SQS did not take ${messages} messages: ${[...new Set(codes)].join(', ')}.`);
  }
}

interface SendMessageBatchOutput {
  readonly Failed?: readonly { readonly Id: string; readonly Code?: string; readonly SenderFault?: boolean }[];
}

/** SQS's limit of one call. */
const MAX_MESSAGES = 10;
const MAX_ROUNDS = 6;
const FIRST_PAUSE_MS = 50;
const IN_FLIGHT = 8;

/**
 * Sends to the FIFO queue at `url`: a group for each person, so that nobody's transitions pass each other, and the id of
 * the transition against copies within five minutes.
 *
 * Of one call SQS may take a later message and refuse an earlier one: so a person's next transition is sent only when
 * the one before is taken.
 */
export function sendTransitionsTo(url: string, sqs: JsonService = createSqs()): SendTransitions {
  const sendPart = async (part: readonly Transition[]): Promise<void> => {
    let waiting = part;
    for (let round = 0; waiting.length > 0; round += 1) {
      if (round > 0) await pause(Math.random() * FIRST_PAUSE_MS * 2 ** round);
      const { Failed = [] } = await sqs<SendMessageBatchOutput>('SendMessageBatch', {
        QueueUrl: url,
        Entries: waiting.map((transition, place) => ({
          Id: String(place),
          MessageBody: JSON.stringify(transition),
          MessageGroupId: transition.profileId,
          MessageDeduplicationId: transition.id,
        })),
      });
      const isHopeless = Failed.some(({ SenderFault }) => SenderFault === true);
      if (Failed.length > 0 && (isHopeless || round === MAX_ROUNDS)) {
        throw new NotSentError(
          Failed.length,
          Failed.map(({ Code }) => Code ?? 'no code'),
        );
      }
      waiting = Failed.map(({ Id }) => waiting[Number(Id)]).filter((each) => each !== undefined);
    }
  };

  return async (transitions) => {
    for (const round of rounds(transitions)) {
      const parts = Array.from({ length: Math.ceil(round.length / MAX_MESSAGES) }, (_, part) =>
        round.slice(part * MAX_MESSAGES, (part + 1) * MAX_MESSAGES),
      ).values();
      const work = async () => {
        for (const part of parts) await sendPart(part);
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    }
  };
}

/** Splits transitions so that no round has two of one person. */
function rounds(transitions: readonly Transition[]): Transition[][] {
  const seen = new Map<string, number>();
  const found: Transition[][] = [];
  for (const transition of transitions) {
    const round = seen.get(transition.profileId) ?? 0;
    seen.set(transition.profileId, round + 1);
    const those = found[round];
    if (those) those.push(transition);
    else found.push([transition]);
  }
  return found;
}

/** The endpoint is the region's, or the environment's: never the queue's URL, which may name another. */
const createSqs = (): JsonService =>
  jsonService(
    { service: 'sqs', target: 'AmazonSQS', version: '1.0', name: 'SQS' },
    { attempts: 5, pauseMs: 100, timeoutMs: 3_000 },
  );
