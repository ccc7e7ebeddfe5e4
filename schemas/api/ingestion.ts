import * as z from 'zod';
import { type MessageType, messageTypes } from '../event/vocabulary.ts';

/** A message whose type the path names. */
const messageByType = Object.fromEntries(
  segmentMessage.options.map(({ shape: { type, ...fields } }) => {
    const id = `${type.value.charAt(0).toUpperCase()}${type.value.slice(1)}Message`;
    return [type.value, z.looseObject(fields).meta({ id })];
  }),
) as unknown as Record<MessageType, z.ZodType>;

const batchRequest = z.looseObject({
  batch: z
    .array(segmentMessage.meta({ id: 'Message' }))
    .max(2500)
    .describe('The messages, in order.'),
  sentAt: z.string().optional().describe('When the request left the device: corrects its clock.'),
  context: z.looseObject({}).optional().describe('Merged into the context of each message.'),
  integrations: z.looseObject({}).optional().describe('Merged into the integrations of each message.'),
  writeKey: z.string().optional().describe('The write key, where no header carries it.'),
});

import { segmentMessage } from '../event/message.ts';
import type { Endpoint } from './endpoint.ts';
import { ingestionProblems } from './problem.ts';

const accepted = {
  id: 'EventsAccepted',
  description: 'The events are stored and will count.',
  body: z.object({ success: z.literal(true) }).meta({ id: 'Accepted' }),
};

const example: Record<MessageType, object> = {
  identify: { userId: 'u-1', traits: { email: 'ada@example.com', plan: 'gold' } },
  track: {
    userId: 'u-1',
    event: 'Product Viewed',
    properties: { product_id: 'tent-2', category: 'Camping', price: 129.9, currency: 'EUR' },
  },
  page: { anonymousId: 'a-1', name: 'Home', properties: { url: 'https://shop.example/?utm_source=news' } },
  screen: { anonymousId: 'a-1', name: 'Cart' },
  group: { userId: 'u-1', groupId: 'g-1', traits: { name: 'Alpine Club' } },
  alias: { userId: 'u-1', previousId: 'a-1' },
};

const shortForm: Record<MessageType, string> = {
  identify: 'i',
  track: 't',
  page: 'p',
  screen: 's',
  group: 'g',
  alias: 'a',
};

/** An endpoint that takes events and answers when they are durable. */
const taking = (endpoint: Pick<Endpoint, 'path' | 'operationId' | 'summary' | 'body' | 'example'>): Endpoint => ({
  method: 'POST',
  handler: 'collector',
  auth: 'ingest',
  space: 'none',
  tag: 'Ingestion',
  responses: { 200: accepted, ...ingestionProblems },
  ...endpoint,
});

const messageEndpoint = (type: MessageType, path: string, operationId: string, summary: string): Endpoint =>
  taking({ path, operationId, summary, body: messageByType[type], example: example[type] });

const batchEndpoint = (path: string, operationId: string, summary: string): Endpoint => ({
  ...taking({
    path,
    operationId,
    summary,
    body: batchRequest,
    example: { batch: [{ type: 'track', messageId: 'm-1', ...example.track }], sentAt: '2026-01-02T03:04:05.678Z' },
  }),
  description: 'At most 500 KB and 2,500 events, of 32 KB each. A bad event never takes its neighbours with it.',
});

/** The Segment tracking contract, with the routes that RudderStack's SDKs add. */
export const ingestionEndpoints: readonly Endpoint[] = [
  ...messageTypes.flatMap((type) => [
    messageEndpoint(type, `/v1/${type}`, type, `Send one ${type} event.`),
    messageEndpoint(type, `/v1/${shortForm[type]}`, `${type}Short`, `The short form of /v1/${type}.`),
  ]),
  batchEndpoint('/v1/batch', 'batch', 'Send many events.'),
  batchEndpoint('/v1/b', 'batchShort', 'The short form of /v1/batch.'),
  {
    ...batchEndpoint('/beacon/v1/batch', 'beaconBatch', 'Send many events by navigator.sendBeacon.'),
    query: z.object({ writeKey: z.string().describe('The write key: a beacon carries no headers.') }),
  },
  {
    operationId: 'sdkMetrics',
    method: 'POST',
    path: '/v1/m',
    handler: 'collector',
    auth: 'none',
    space: 'none',
    tag: 'Ingestion',
    summary: "Take an SDK's metrics about itself, and drop them.",
    body: z.unknown(),
    responses: { 200: accepted },
    example: { series: [] },
  },
  {
    operationId: 'pixel',
    method: 'GET',
    path: '/v1/pixel/{type}',
    handler: 'collector',
    auth: 'ingest',
    space: 'none',
    tag: 'Ingestion',
    summary: 'Send one event from an image tag.',
    description: 'Always answers with a 1x1 GIF, so that no page and no e-mail shows a broken image.',
    params: z.object({ type: z.enum([...messageTypes, ...Object.values(shortForm)] as [string, ...string[]]) }),
    query: z.object({ data: z.string().describe(`Base64 of the event's JSON, with writeKey.`) }),
    responses: { 200: { description: 'A transparent GIF.', contentType: 'image/gif' } },
    example:
      '/v1/pixel/track?data=eyJ3cml0ZUtleSI6IndrX2xvY2FsIiwiZXZlbnQiOiJFbWFpbCBPcGVuZWQiLCJ1c2VySWQiOiJ1LTEifQ==',
  },
  {
    operationId: 'segmentSettings',
    method: 'GET',
    path: '/v1/projects/{writeKey}/settings',
    handler: 'collector',
    auth: 'none',
    space: 'none',
    tag: 'Ingestion',
    summary: 'Settings that the Segment browser SDK asks for first.',
    params: z.object({ writeKey: z.string() }),
    responses: {
      200: {
        description: 'Where this source sends its events.',
        body: z.object({
          integrations: z.object({ 'Segment.io': z.object({ apiKey: z.string(), apiHost: z.string() }) }),
          metrics: z.object({ sampleRate: z.literal(0) }),
        }),
      },
      401: ingestionProblems[401],
    },
    example: '/v1/projects/wk_local/settings',
  },
  {
    operationId: 'rudderSourceConfig',
    method: 'GET',
    path: '/sourceConfig',
    handler: 'collector',
    auth: 'ingest',
    space: 'none',
    tag: 'Ingestion',
    summary: 'Settings that the RudderStack browser SDK asks for first.',
    responses: {
      200: {
        description: 'The source, without destinations: Headwater is the destination.',
        body: z.looseObject({
          source: z.looseObject({ id: z.string(), config: z.looseObject({}), destinations: z.array(z.unknown()) }),
        }),
      },
      401: ingestionProblems[401],
    },
    example: '/sourceConfig',
  },
];
