import { Agent, request as httpRequest } from 'node:http';
import { WRITE_KEY } from './staged-assembly.ts';
import type { SampleRequest } from './traffic.ts';

const CONNECTIONS = 4;

/** Sends requests in order, a few at once. Rejects when one is not taken. */
export async function send(
  apiUrl: string,
  requests: readonly SampleRequest[],
  eventsOf: (request: SampleRequest) => readonly string[],
  onProgress: (sent: number) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const queue = requests.values();
  let sent = 0;
  const worker = async () => {
    for (const request of queue) {
      const batch = eventsOf(request).join(',');
      await post(new URL('/v1/batch', apiUrl), `{"batch":[${batch}],"sentAt":"${new Date().toISOString()}"}`, agent);
      sent += request.events;
      onProgress(sent);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  } finally {
    agent.destroy();
  }
}

function post(url: URL, body: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const authorization = `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sending = httpRequest(url, { method: 'POST', headers, agent }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve();
        else reject(new Error(`A request was answered ${answer.statusCode}: ${Buffer.concat(parts).toString()}`));
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
