import { malformed } from '../demo/malformed.ts';
import { type Random, streamOf } from '../demo/random.ts';
import type { Json, Message } from './message.ts';
import { hotLife, lifeOf } from './person.ts';

/** Events of one HTTP request. */
export interface Request {
  /** Part of the names of what is drawn for it. */
  readonly id: string;
  readonly messages: readonly Message[];
  /** Whether the request says when it was sent, by which times are set right. */
  readonly saysWhen: boolean;
}

/** A part of all events: its people have no events in others. */
export interface Wave {
  readonly messages: readonly Message[];
  /** Requests that are sent one after another, lane beside lane. */
  readonly lanes: readonly (readonly Request[])[];
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly poison: number;
}

export interface WaveSettings {
  readonly seed: string;
  readonly index: number;
  /** Different events. */
  readonly events: number;
  readonly lanes: number;
  /** Milliseconds since 1970: all happened before, but for trials. */
  readonly startedAt: number;
}

const DUPLICATES = 0.2;
const OUT_OF_ORDER = 0.1;
const POISON = 0.01;
const MOST_EVENTS_OF_REQUEST = 60;
/** Share of the events that one person sends, over all lanes. */
const HOT = 0.1;
/** Places in the wave, 0 to 1: how far events of a person lie apart, and how far one may come too late. */
const APART = 0.02;
const LATE = 0.15;

interface Copy {
  readonly message: Message;
  readonly at: number;
  readonly lane: number;
}

/** What can be recognised in failed_events. */
const poisons = malformed.filter(({ make }) => {
  const made = make('id') as Json | null;
  return typeof made === 'object' && made !== null && !Array.isArray(made) && made.messageId === 'id';
});

export function waveOf({ seed, index, events, lanes, startedAt }: WaveSettings): Wave {
  const random = streamOf(seed, 'wave', index);
  const copies: Copy[] = [];
  const messages: Message[] = [];
  const counts = { duplicates: 0, outOfOrder: 0, poison: 0 };

  const send = (message: Message, place: number, lane: number) => {
    const isLate = random.chance(OUT_OF_ORDER);
    const at = place + (isLate ? random.next() * LATE : 0);
    if (isLate) counts.outOfOrder += 1;
    messages.push(message);
    copies.push({ message, at, lane });
    if (!random.chance(DUPLICATES)) return;
    counts.duplicates += 1;
    copies.push({ message, at: at + random.exponential(LATE / 3), lane: random.integer(0, lanes - 1) });
  };

  const hot = Math.round(events * HOT);
  for (const [nth, message] of hotLife(streamOf(seed, index, 'hot'), `${seed}-${index}`, startedAt, hot).entries()) {
    send(message, (nth + random.next()) / hot, random.integer(0, lanes - 1));
  }
  for (let person = 0; messages.length < events; person += 1) {
    const name = `${seed}-${index}-${person}`;
    const lane = random.integer(0, lanes - 1);
    let place = random.next();
    for (const message of lifeOf(streamOf(seed, index, person), name, startedAt).slice(0, events - messages.length)) {
      if (random.chance(POISON) && messages.length + 1 < events) {
        send(poison(random, `bad-${name}-${counts.poison}`), place, lane);
        counts.poison += 1;
      }
      if (messages.length >= events) break;
      send(message, place, lane);
      place += random.exponential(APART);
    }
  }

  const order = copies.toSorted((one, other) => one.at - other.at);
  const requests = Array.from({ length: lanes }, (_, lane) =>
    cut(
      order.filter((copy) => copy.lane === lane).map(({ message }) => message),
      `${index}-${lane}`,
      random,
    ),
  );
  return { messages, lanes: requests, ...counts };
}

function poison(random: Random, id: string): Message {
  const { reason, make } = random.pick(poisons);
  return { id, body: make(id) as Json, fails: reason };
}

function cut(messages: readonly Message[], name: string, random: Random): Request[] {
  const requests: Request[] = [];
  for (let at = 0; at < messages.length; ) {
    const part = messages.slice(at, at + random.integer(1, MOST_EVENTS_OF_REQUEST));
    // The moment at which a trial ends must not hang on how long the request is under way.
    const saysWhen = random.chance(0.5) && !part.some(({ isTrial }) => isTrial);
    requests.push({ id: `${name}-${requests.length}`, messages: part, saysWhen });
    at += part.length;
  }
  return requests;
}
