import type { ClientRequest } from 'node:http';

export interface HttpRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Gives up earlier than the time-out. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends a request and resolves with its whole answer; rejects with what the connection failed of. */
export type HttpExchange = (request: HttpRequest) => Promise<HttpAnswer>;

/** Nobody took the connection, or sent the whole answer, in time. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

const CONNECT_MS = 1_000;
const MAX_SOCKETS = 50;

/** Exchanges with one server by HTTP/1.1, over connections that are kept. */
export function httpExchange({ protocol, hostname, port }: URL, timeoutMs: number): HttpExchange {
  // An import of `node:http` would read all it exports, and load WebSockets for it: as long as all else together.
  const { Agent, request: begin } = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  // An address of IPv6 stands in brackets in a URL, and without them here.
  const server = { agent, host: hostname.replace(/^\[|\]$/g, ''), ...(port && { port }) };
  return ({ method, path, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const request = begin({ ...server, method, path, headers, ...(signal && { signal }) });
      const end = failAfter(request, timeoutMs, 'There was no whole answer');
      const fail = (error: Error) => {
        clearTimeout(end);
        reject(error);
      };
      request.on('error', fail);
      request.on('socket', (socket) => {
        if (!socket.connecting) return;
        const connecting = failAfter(request, CONNECT_MS, 'There was no connection');
        socket.once('connect', () => clearTimeout(connecting)).once('close', () => clearTimeout(connecting));
      });
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', fail);
        response.on('end', () => {
          clearTimeout(end);
          const [first = Buffer.alloc(0)] = chunks;
          const whole = chunks.length > 1 ? Buffer.concat(chunks) : first;
          const headers = response.headers as Record<string, string>;
          resolve({ status: response.statusCode ?? 0, headers, body: whole });
        });
      });
      request.end(body);
    });
}

const failAfter = (request: ClientRequest, milliseconds: number, what: string): NodeJS.Timeout =>
  setTimeout(() => request.destroy(new TimeoutError(`${what} within ${milliseconds} ms.`)), milliseconds);
