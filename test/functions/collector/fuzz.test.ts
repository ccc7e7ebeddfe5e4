import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { routes } from '../../../functions/collector/routes.ts';
import { streamEnvelope } from '../../../schemas/event/stream-record.ts';
import { aCollector, basic, WRITE_KEY } from './a-collector.ts';

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => vi.restoreAllMocks());

const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('\ud800', '\u0000', 1e308, -0));
const oddKey = fc.constantFrom(
  'userId',
  'anonymousId',
  'messageId',
  'type',
  'context',
  'writeKey',
  '__proto__',
  'toJSON',
  'length',
);
const oddEvent = fc.oneof(
  odd,
  fc.array(fc.tuple(oddKey, odd)).map((entries) => Object.fromEntries(entries)),
);
const body = fc.oneof(
  fc.string(),
  odd.map((value) => JSON.stringify(value)),
  fc
    .record({ batch: fc.oneof(odd, fc.array(oddEvent)), context: odd, integrations: odd, sentAt: odd, writeKey: odd })
    .map((value) => JSON.stringify(value)),
  oddEvent.map((value) => JSON.stringify(value) ?? ''),
);
const encoded = fc.oneof(
  body,
  body.map((text) => Buffer.from(text)),
  body.map((text) => gzipSync(text)),
  fc.uint8Array(),
);
const header = fc.oneof(
  fc.string(),
  fc.constant(basic(WRITE_KEY).authorization),
  fc.constantFrom('gzip', 'deflate', 'br'),
);

test('answers whatever comes, never with 5xx, and stores only readable envelopes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes.keys(), 'OPTIONS /v1/track', 'GET /nothing'),
      encoded,
      fc.dictionary(
        fc.constantFrom(
          'authorization',
          'content-encoding',
          'content-type',
          'user-agent',
          'origin',
          'sentat',
          'access-control-request-headers',
        ),
        header,
      ),
      fc.record({
        data: fc.oneof(
          fc.string(),
          body.map((text) => btoa(encodeURIComponent(text))),
        ),
        writeKey: fc.constantFrom(WRITE_KEY, 'x'),
      }),
      fc.record({ type: fc.string(), writeKey: fc.constantFrom(WRITE_KEY, 'x', '') }),
      async (route, sent, headers, query, params) => {
        const collector = aCollector();
        const answer = await collector.request(route, { body: sent, headers, query, params });
        expect(answer.status).toBeGreaterThanOrEqual(200);
        expect(answer.status).toBeLessThan(500);
        expect(answer.headers['access-control-allow-origin']).toBeDefined();
        for (const envelope of collector.envelopes()) streamEnvelope.parse(envelope);
        if (answer.status !== 200) expect(collector.records).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
});
