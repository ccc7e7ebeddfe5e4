import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

type Json = Record<string, unknown>;

/** A message as it arrived, with the batch's `sentAt` filled in. */
export interface Arrived {
  readonly receivedAt: number;
  readonly message: Json;
}

export interface CapturingServer {
  readonly url: string;
  readonly arrived: Arrived[];
  readonly requests: { count: number };
  close(): Promise<void>;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A collector in miniature, written against the ingestion contract alone: refuses what must be refused, and keeps
 * every item of what it accepts. `interfere` may answer a request with another status after it was handled.
 */
export async function openCapturingServer(
  interfere: (n: number) => number | undefined = () => undefined,
): Promise<CapturingServer> {
  const arrived: Arrived[] = [];
  const requests = { count: 0 };
  const server = createServer(async (incoming, outgoing) => {
    requests.count += 1;
    const n = requests.count;
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const status = accept(incoming, Buffer.concat(parts), arrived);
    const forced = interfere(n);
    outgoing.writeHead(forced ?? status, forced === undefined ? {} : { 'retry-after': '0' }).end('{"success":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrived,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function accept(incoming: IncomingMessage, body: Buffer, arrived: Arrived[]): number {
  const receivedAt = Date.now();
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const data = url.searchParams.get('data');
  const unzipped = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const text = data === null ? unzipped.toString() : Buffer.from(data, 'base64').toString();
  if (text.length > 500 * 1024) return 413;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 400;
  }
  if (!isObject(json)) return 400;
  if (keyOf(incoming, url, json) !== 'wk_local') return 401;
  const single = !url.pathname.endsWith('/batch') && !url.pathname.endsWith('/b');
  const items = single ? [json] : (json.batch as unknown[]);
  if (!Array.isArray(items) || items.length > 2500 || (single && text.length > 32 * 1024)) return 400;
  for (const item of items) {
    arrived.push({
      receivedAt,
      message: isObject(item) ? { ...(json.sentAt ? { sentAt: json.sentAt } : {}), ...item } : {},
    });
  }
  return 200;
}

function keyOf(incoming: IncomingMessage, url: URL, json: Json): unknown {
  const [scheme, credentials = ''] = (incoming.headers.authorization ?? '').split(' ');
  if (scheme === 'Bearer') return credentials;
  if (scheme === 'Basic') return Buffer.from(credentials, 'base64').toString().replace(/:$/, '');
  return url.searchParams.get('writeKey') ?? json.writeKey;
}
