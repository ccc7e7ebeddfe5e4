import { externalKind } from '../../identity/external-ids.ts';
import { externalKeyOf, keyIn } from '../../identity/spaces.ts';
import { type JsonObject, judgeMessage, keyOf, stays, type Verdict } from './message-people.ts';
import { type People, type Requests, union } from './people.ts';

/**
 * What becomes of a payload: a message as JSON or, where a record could not be read, whatever was in it. What cannot be
 * read as one message goes whole when it names a sought person anywhere.
 */
export function judgePayload(
  payload: string | undefined,
  people: People,
  encoding?: string,
  sourceId?: string,
): Verdict<string> {
  if (payload === undefined) return stays;
  const message = encoding === 'base64' ? undefined : messageIn(payload);
  if (message !== undefined) {
    const verdict = judgeMessage(message, people, sourceId);
    return verdict.kind === 'renamed' ? { ...verdict, rest: JSON.stringify(verdict.rest) } : verdict;
  }
  const texts = encoding === 'base64' || BASE64.test(payload) ? [payload, decoded(payload)] : [payload];
  const requests = texts.reduce<Requests>((all, text) => union(all, namedIn(text, people)), []);
  if (requests.length === 0) return stays;
  return { kind: 'goes', requests, ...(people.spaces.ids.length > 0 && { isGuess: true }) };
}

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

const decoded = (text: string): string => Buffer.from(text, 'base64').toString();

function messageIn(payload: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    const isMessage = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMessage && !('events' in value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** A field of JSON and its text or number, however broken what surrounds it is. */
const FIELD = /"([\w.-]+)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+(?:\.\d+)?))/g;

/** Who is named by a field of a text that may hold JSON, perhaps as a text within JSON. */
function namedIn(text: string, people: People): Requests {
  let found: Requests = [];
  for (const plain of text.includes('\\"') ? [text, text.replaceAll('\\"', '"')] : [text]) {
    for (const [, name = '', quoted, number] of plain.matchAll(FIELD)) {
      found = union(found, ofField(name, quoted === undefined ? number : unescaped(quoted), people));
    }
  }
  return found;
}

/** Whose id a field holds, in whichever space: the text does not tell. */
function ofField(name: string, value: string | undefined, people: People): Requests {
  const spaces = [undefined, ...people.spaces.ids];
  const ofId = (kind: 'user' | 'anonymous') => {
    const key = keyOf(kind, value);
    return key === undefined ? [] : people.ofKeys(...spaces.map((space) => keyIn(space, key)));
  };
  if (name === 'userId') return ofId('user');
  if (name === 'anonymousId') return ofId('anonymous');
  if (name === 'previousId') return union(ofId('user'), ofId('anonymous'));
  const kind = externalKind(name);
  return kind === undefined ? [] : people.ofKeys(...spaces.map((space) => externalKeyOf(space, kind, value)));
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`);
  } catch {
    return text;
  }
}
