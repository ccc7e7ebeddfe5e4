import { Agent, request } from 'node:http';

/**
 * The peer of the handler, in a process of its own: what the handler asked the storage for since the last time is asked for
 * again, one after another, over connections that are kept; nothing is signed, parsed or computed. Answers the milliseconds.
 */
const [url = ''] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });

process.on('message', async () => {
  const asked: readonly [operation: string, body: string][] = JSON.parse(await exchange('asked', ''));
  const began = performance.now();
  for (const [operation, body] of asked) await exchange(operation, body);
  process.send?.({ milliseconds: performance.now() - began, exchanges: asked.length });
});
process.on('disconnect', () => process.exit());

function exchange(operation: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-amz-target': `Peer.${operation}`, 'content-length': Buffer.byteLength(body) };
    request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(operation === 'asked' ? Buffer.concat(chunks).toString() : ''));
    })
      .on('error', reject)
      .end(body);
  });
}
