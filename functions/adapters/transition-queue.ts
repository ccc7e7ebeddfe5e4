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

/** SQS's limits of one call: 10 messages, 1 MiB since 2025, 256 KiB before. */
const MAX_MESSAGES = 10;
const MAX_CALL_BYTES = 250_000;
/** Transitions of a message: with ids as long as they may be, it fits a call. */
const MAX_TRANSITIONS = 16;
const MAX_ROUNDS = 6;
const FIRST_PAUSE_MS = 50;
const IN_FLIGHT = 8;

/** What one message holds: transitions of one person, in order. */
export interface TransitionMessage {
  readonly transitions: readonly Transition[];
}

/**
 * Sends to the FIFO queue at `url`: what a batch brings a person is one message, because each is charged. A group for each
 * person, so that nobody's transitions pass each other, and a name by first and length against copies within five minutes.
 * A batch that is cut anew makes other messages: consumers know the ids of transitions that they have seen.
 *
 * Of one call SQS may take a later message and refuse an earlier one: so a person's next message is sent only when the one
 * before is taken.
 */
export function sendTransitionsTo(url: string, sqs: JsonService = createSqs()): SendTransitions {
  const sendPart = async (part: readonly Message[]): Promise<void> => {
    let waiting = part;
    for (let round = 0; waiting.length > 0; round += 1) {
      if (round > 0) await pause(Math.random() * FIRST_PAUSE_MS * 2 ** round);
      const { Failed = [] } = await sqs<SendMessageBatchOutput>('SendMessageBatch', {
        QueueUrl: url,
        Entries: waiting.map(({ body, group, name }, place) => ({
          Id: String(place),
          MessageBody: body,
          MessageGroupId: group,
          MessageDeduplicationId: name,
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
      const parts = calls(round.map(messageOf)).values();
      const work = async () => {
        for (const part of parts) await sendPart(part);
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    }
  };
}

interface Message {
  readonly body: string;
  readonly group: string;
  readonly name: string;
}

function messageOf(message: TransitionMessage): Message {
  const { transitions } = message;
  const [first] = transitions;
  return {
    body: JSON.stringify(message),
    group: first?.profileId ?? '',
    name: `${first?.id}+${transitions.length}`,
  };
}

/** Cuts messages into calls within the limits of SendMessageBatch. */
function calls(messages: readonly Message[]): Message[][] {
  const cut: Message[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    const last = cut.at(-1);
    if (last && last.length < MAX_MESSAGES && bytes + size <= MAX_CALL_BYTES) {
      last.push(message);
      bytes += size;
    } else {
      cut.push([message]);
      bytes = size;
    }
  }
  return cut;
}

/** Messages by person, so that no round has two of one person. */
function rounds(transitions: readonly Transition[]): TransitionMessage[][] {
  const found: TransitionMessage[][] = [];
  for (const own of Map.groupBy(transitions, ({ profileId }) => profileId).values()) {
    for (let at = 0; at < own.length; at += MAX_TRANSITIONS) {
      const round = at / MAX_TRANSITIONS;
      found[round] = [...(found[round] ?? []), { transitions: own.slice(at, at + MAX_TRANSITIONS) }];
    }
  }
  return found;
}

/** The endpoint is the region's, or the environment's: never the queue's URL, which may name another. */
const createSqs = (): JsonService =>
  jsonService(
    { service: 'sqs', target: 'AmazonSQS', version: '1.0', name: 'SQS' },
    { attempts: 5, pauseMs: 100, timeoutMs: 3_000 },
  );
