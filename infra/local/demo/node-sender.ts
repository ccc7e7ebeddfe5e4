import { Analytics } from '@segment/analytics-node';
import type { NodeDelivery } from './deliveries.ts';
import type { Json, Message } from './message.ts';

/** Sends batches by the unmodified `@segment/analytics-node`, which retries by itself. */
export interface NodeSender {
  /** Status of the last answer; 0 when there was none. */
  send(delivery: NodeDelivery): Promise<number>;
  close(): Promise<void>;
}

export function openNodeSender(apiUrl: string, writeKey: string): NodeSender {
  let status = 0;
  const client = new Analytics({
    host: apiUrl,
    writeKey,
    flushAt: 1000,
    flushInterval: 60_000,
    maxRetries: 8,
    httpRequestTimeout: 30_000,
  });
  client.on('http_response', (answer) => {
    status = answer.status;
  });
  client.on('error', () => undefined);
  return {
    async send({ messages }) {
      status = 0;
      for (const message of messages) call(client, message);
      await client.flush();
      return status;
    },
    close: () => client.closeAndFlush({ timeout: 1000 }),
  };
}

/** The SDK's call for a message. The SDK writes into `context`, so it gets one of its own. */
function call(client: Analytics, { body, at }: Message): void {
  const { type, context, ...fields } = body as Json;
  const settings = { ...fields, context: { ...(context as Json) }, timestamp: new Date(at) };
  const method = client[type as 'track'] as (settings: object) => void;
  method(settings);
}
