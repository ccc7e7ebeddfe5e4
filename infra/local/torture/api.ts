import { setTimeout as sleep } from 'node:timers/promises';

/** Asks the API, again while it cannot answer; the answer's body, or undefined for 404. Throws what else is no success. */
export type AskApi = <Body>(method: string, path: string, body?: object) => Promise<Body | undefined>;

const ATTEMPTS = 10;
const PAUSE_MS = 500;

export function askApi(apiUrl: () => string, apiKey: string): AskApi {
  const ask = async <Body>(attempt: number, method: string, path: string, body?: object): Promise<Body | undefined> => {
    const answer = await fetch(apiUrl() + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status === 404) return undefined;
    // An attempt before was done, although its answer said otherwise.
    if (answer.status === 409 && attempt > 1) return undefined;
    if (answer.status >= 500 && attempt < ATTEMPTS) {
      await sleep(PAUSE_MS);
      return ask(attempt + 1, method, path, body);
    }
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return JSON.parse(text) as Body;
  };
  return (method, path, body) => ask(1, method, path, body);
}
