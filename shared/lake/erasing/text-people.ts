import { externalKey, externalKind } from '../../identity/external-ids.ts';
import { type JsonObject, judgeMessage, keyOf, stays, type Verdict } from './message-people.ts';
import { type People, type Requests, union } from './people.ts';

/**
 * What becomes of a payload: a message as JSON or, where a record could not be read, whatever was in it. What cannot be
 * read as one message goes whole when it names a sought person anywhere.
 */
export function judgePayload(payload: string | undefined, people: People, encoding?: string): Verdict<string> {
  if (payload === undefined) return stays;
  const message = encoding === 'base64' ? undefined : messageIn(payload);
  if (message !== undefined) {
    const verdict = judgeMessage(message, people);
    return verdict.kind === 'renamed' ? { ...verdict, rest: JSON.stringify(verdict.rest) } : verdict;
  }
  const texts = encoding === 'base64' || BASE64.test(payload) ? [payload, decoded(payload)] : [payload];
  const requests = texts.reduce<Requests>((all, text) => union(all, namedIn(text, people)), []);
  return requests.length === 0 ? stays : { kind: 'goes', requests };
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

function ofField(name: string, value: string | undefined, people: People): Requests {
  if (name === 'userId') return people.ofKeys(keyOf('user', value));
  if (name === 'anonymousId') return people.ofKeys(keyOf('anonymous', value));
  if (name === 'previousId') return people.ofKeys(keyOf('user', value), keyOf('anonymous', value));
  const kind = externalKind(name);
  return kind === undefined ? [] : people.ofKeys(externalKey(kind, value));
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`);
  } catch {
    return text;
  }
}
