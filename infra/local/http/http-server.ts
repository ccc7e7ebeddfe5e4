import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortTakenError, UsageError } from '../errors.ts';
import { type HttpAnswer, unavailable } from './http-answer.ts';
import type { HttpApi } from './http-api.ts';

export interface HttpServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Begins to answer by this API; until then every request gets 503. */
  serve(api: HttpApi): void;
  /** Takes no new request, and resolves when the running ones are answered. */
  drain(): Promise<void>;
  /** Cuts what is still open. */
  close(): Promise<void>;
}

/** Listens on the loopback address only; port 0 takes any free one. Throws `PortTakenError`. */
export async function startHttpServer(port: number): Promise<HttpServer> {
  let answer: HttpApi = async () => unavailable;
  const running = new Set<Promise<void>>();
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const reply = respond(answer, request, response).finally(() => running.delete(reply));
    running.add(reply);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') {
      throw new PortTakenError(`Port ${port} is taken by another program: stop it, or choose another with --port.`, {
        cause: error,
      });
    }
    if (error.code === 'EACCES') {
      throw new UsageError(`Port ${port} may not be opened by this user: choose one above 1023 with --port.`, {
        cause: error,
      });
    }
    throw error;
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    serve: (api) => {
      answer = api;
    },
    drain: async () => {
      answer = async () => unavailable;
      server.close();
      server.closeIdleConnections();
      await Promise.all(running);
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function respond(answer: HttpApi, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { status, headers, body } = await answer(request);
    send(response, request, { status, headers, body });
  } catch (error) {
    response.destroy(error as Error);
  }
}

function send(response: ServerResponse, request: IncomingMessage, { status, headers, body }: HttpAnswer): void {
  const cut = !request.complete ? { connection: 'close' } : {};
  const withoutBody = status === 204 || status === 304;
  const length = withoutBody ? {} : { 'content-length': body.length };
  response.writeHead(status, { ...mutable(headers), ...length, ...cut });
  response.end(request.method === 'HEAD' || withoutBody ? undefined : body);
}

function mutable(headers: HttpAnswer['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
