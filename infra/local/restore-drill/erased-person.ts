import { setTimeout as sleep } from 'node:timers/promises';
import type { PrivacyRequestView } from '../../../schemas/api/privacy.ts';
import type { Runtime } from '../runtime.ts';

/** Who is erased in the drill, each a text that stands nowhere else. */
export const erased = {
  userId: 'erased-in-drill-7c21f0',
  anonymousId: 'erased-visitor-90bb12',
  email: 'erased-mail-5e1193@example.com',
  page: 'erased-page-77aa31',
} as const;

export const canaries: readonly string[] = Object.values(erased);

/** Their events come straight to the stream, so that they can be told from the store's. */
export const ERASED_SOURCE = 'restore-drill';

const ids = { userId: erased.userId, anonymousId: erased.anonymousId };
const page = { url: `https://shop.example/${erased.page}`, path: `/${erased.page}` };

/** Has the person visit, identify and buy. */
export async function visit({ gateway, outputs }: Runtime): Promise<void> {
  const receivedAt = new Date().toISOString();
  const order = { order_id: 'drill-1', total: 50, currency: 'EUR' };
  const events = [
    { type: 'page', anonymousId: erased.anonymousId, context: { page } },
    { type: 'identify', ...ids, traits: { email: erased.email } },
    { type: 'track', ...ids, event: 'Order Completed', properties: order },
  ].map((event, at) => ({ messageId: `drill-${at}`, timestamp: receivedAt, ...event }));
  const envelope = { v: 1, kind: 'events', sourceId: ERASED_SOURCE, receivedAt, events };
  await gateway.invoke('tool', 'kinesis', 'PutRecord', {
    StreamName: outputs.StreamName,
    PartitionKey: erased.userId,
    Data: Buffer.from(JSON.stringify(envelope)).toString('base64'),
  });
}

/** Asks for the erasure, and waits for its end. */
export async function erase(runtime: Runtime): Promise<void> {
  const answer = await fetch(`${runtime.apiUrl}/v1/privacy/erasures`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ userId: erased.userId }),
  });
  if (!answer.ok) throw new Error(`The erasure was answered by ${answer.status}: ${await answer.text()}`);
  const { id } = (await answer.json()) as { id: string };
  await isErased(runtime, id);
}

const headers = { authorization: 'Bearer sk_local' };
const patienceMs = 180_000;

/** Until a request is done. Throws after three minutes. */
export async function isErased(runtime: Runtime, id: string): Promise<void> {
  for (const latest = Date.now() + patienceMs; ; await sleep(200)) {
    const answer = await fetch(`${runtime.apiUrl}/v1/privacy/requests/${id}`, { headers });
    const { state, step } = (await answer.json()) as PrivacyRequestView;
    if (state === 'done') return;
    if (Date.now() > latest) throw new Error(`The erasure ${id} is still ${state} after three minutes, at ${step}.`);
  }
}

/** Has the worker look for requests, as its clock does. */
export async function wakeWorker({ functions, outputs }: Runtime): Promise<void> {
  const worker = [...functions.values()].find(({ functionName }) => functionName === outputs.PrivacyWorkerFunction);
  await worker?.invoke({});
}
