import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PutRequest {
  readonly method: string;
  /** Path as it came, still encoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers a request, or leaves it without an answer. */
export type Answer = (response: ServerResponse, request: PutRequest) => void;

export interface Bucket extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly PutRequest[];
  /** Answers the coming requests, one each; after the last of them everything is stored again. */
  answerNext(...answers: Answer[]): void;
  /** Answers every request from now on. */
  answer(answer: Answer): void;
  /** From now on answers what DynamoDB is asked at the same address, apart from the other requests. */
  answerTable(answer: Answer): void;
}

export const stored: Answer = (response) => response.writeHead(200, { etag: '"0"' }).end();

/** A table without items, asked for several. */
export const anEmptyTable: Answer = (response) => response.writeHead(200).end('{"Responses":{}}');

/** An error as S3 writes it. */
export const refused =
  (status: number, code: string): Answer =>
  (response) =>
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>said by a test</Message></Error>`,
      );

/** A server in the place of S3 that keeps what it is asked and answers as told. */
export async function aBucket(): Promise<Bucket> {
  const requests: PutRequest[] = [];
  let next: Answer[] = [];
  let always = stored;
  let table: Answer | undefined;
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url = '', headers } = incoming;
    const request = { method, path: url, headers, body: Buffer.concat(chunks) };
    if (table && headers['x-amz-target'] !== undefined) {
      table(response, request);
      return;
    }
    requests.push(request);
    (next.shift() ?? always)(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answerNext: (...answers) => {
      next = answers;
    },
    answer: (answer) => {
      always = answer;
    },
    answerTable: (answer) => {
      table = answer;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
