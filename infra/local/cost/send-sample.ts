import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { WRITE_KEY } from './staged-assembly.ts';
import type { SampleRequest } from './traffic.ts';

const CONNECTIONS = 4;
/** How often a request is sent again that was told to come again, on a machine that is busy with other things. */
const MAX_TRIES = 6;
const PAUSE_MS = 2_000;

/** Sends requests in order, a few at once, each when `eventsOf` has made its events. Rejects when one is not taken. */
export async function send(
  apiUrl: string,
  requests: readonly SampleRequest[],
  eventsOf: (request: SampleRequest) => Promise<readonly string[]>,
  onProgress: (sent: number) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const queue = requests.values();
  let sent = 0;
  const worker = async () => {
    for (const request of queue) {
      const batch = (await eventsOf(request)).join(',');
      const body = `{"batch":[${batch}],"sentAt":"${new Date().toISOString()}"}`;
      await deliver(new URL('/v1/batch', apiUrl), body, agent);
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

/** Sends as an SDK does: again when it is told to come again. By its ids each event counts once. */
async function deliver(url: URL, body: string, agent: Agent): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { status, text } = await post(url, body, agent);
    if (status === 200) return;
    const mayPass = status === 429 || status === 503;
    if (!mayPass || tries === MAX_TRIES) throw new Error(`A request was answered ${status}: ${text}`);
    await pause(PAUSE_MS);
  }
}

function post(url: URL, body: string, agent: Agent): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const authorization = `Basic ${Buffer.from(`${WRITE_KEY}:`).toString('base64')}`;
    const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sending = httpRequest(url, { method: 'POST', headers, agent }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => {
        resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString() });
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}
