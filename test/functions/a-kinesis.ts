import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PutRecordsInput {
  readonly Records: readonly { readonly PartitionKey: string; readonly Data: string }[];
}

/** An error as Kinesis answers it. */
export class KinesisError extends Error {
  readonly status: number;

  constructor(name: string, status = 400) {
    super(name);
    this.name = name;
    this.status = status;
  }
}

export interface FakeKinesis extends AsyncDisposable {
  readonly url: string;
  /** What PutRecords answers, `KinesisError` for an error; undefined breaks the connection off. */
  answer: (input: PutRecordsInput) => object | undefined | Promise<object | undefined>;
}

/** Kinesis at the network's edge: answers as a test says. */
export async function aKinesis(): Promise<FakeKinesis> {
  const kinesis: Pick<FakeKinesis, 'answer'> = { answer: () => ({ Records: [] }) };
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = await kinesis.answer(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    if (answer === undefined) request.socket.destroy();
    else if (answer instanceof KinesisError)
      response.writeHead(answer.status).end(JSON.stringify({ __type: answer.name }));
    else response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(kinesis, {
    url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
