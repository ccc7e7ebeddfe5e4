import type { SmokeOptions } from './command-line.ts';
import { exchange } from './exchange.ts';

const PATIENCE_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the body, or its text. */
  // biome-ignore lint/suspicious/noExplicitAny: what a stage answers is what is being found out.
  readonly body: any;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON; a text as it is. */
  readonly body?: unknown;
}

/** A stage as its clients see it. */
export interface Stage {
  /** Any answer, whatever its status. Throws only when there is none within 30 seconds. */
  ask(path: string, asked?: Asked): Promise<Answer>;
  /** The body of the answer to the API key; throws when its status is not 200. */
  read(path: string): Promise<Answer['body']>;
  /** Sends an ingestion request with the write key. */
  send(path: string, body: unknown): Promise<Answer>;
}

export function openStage({ url, apiKey, writeKey }: SmokeOptions): Stage {
  const ask: Stage['ask'] = async (path, { method = 'GET', headers = {}, body } = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await exchange(new URL(url + path), {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(text !== undefined && { body: text }),
      patienceMs: PATIENCE_MS,
    }).catch((cause: Error) => {
      throw new Error(`${url} does not answer (${cause.message}): see --url.`, { cause });
    });
    return { status: answer.status, headers: answer.headers, body: parsed(answer.text) };
  };
  return {
    ask,
    read: async (path) => {
      const { status, body } = await ask(path, { headers: { authorization: `Bearer ${apiKey}` } });
      if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${short(body)}`);
      return body;
    },
    send: (path, body) => {
      const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
      return ask(path, { method: 'POST', headers: { authorization }, body });
    },
  };
}

/** A body as a part of a message. */
export const short = (body: unknown): string => JSON.stringify(body).slice(0, 300);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
