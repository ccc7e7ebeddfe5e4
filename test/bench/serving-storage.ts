import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { servingTables } from './serving-tables.ts';

/** The storage of recommendations over HTTP, in a process of its own. */
const answer = await servingTables(...(process.argv.slice(2).map(Number) as [number, number, number]));

/** What the handler asked for since that was last told, for whoever asks for the same. */
let asked: [operation: string, body: string][] = [];

function tell(): Buffer<ArrayBuffer> {
  const told = Buffer.from(JSON.stringify(asked));
  asked = [];
  return told;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const [who, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const text = Buffer.concat(chunks).toString();
    if (who !== 'Peer') asked.push([operation, text]);
    const body = operation === 'asked' ? tell() : Buffer.concat(answer(operation, text));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': body.length }).end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('disconnect', () => process.exit());
