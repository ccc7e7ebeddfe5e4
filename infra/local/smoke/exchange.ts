import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Longest wait for the whole answer. */
  readonly patienceMs: number;
}

export interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * One request over HTTP. Unlike `fetch`, it knows that every name below `.localhost` is this machine (RFC 6761), which
 * emulators give their APIs and few resolvers answer.
 */
export async function exchange(url: URL, { method, headers, body, patienceMs }: Exchange): Promise<Exchanged> {
  const isHere = url.hostname.endsWith('.localhost');
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const signal = AbortSignal.timeout(patienceMs);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, {
      method,
      headers: { ...headers, host: url.host, ...(body && { 'content-length': String(Buffer.byteLength(body)) }) },
      signal,
      ...(isHere && { hostname: '127.0.0.1' }),
    })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
  return { status: response.statusCode ?? 0, headers: headersOf(response), text: await text(response) };
}

const headersOf = ({ headersDistinct }: IncomingMessage): Headers =>
  new Headers(
    Object.entries(headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  );
