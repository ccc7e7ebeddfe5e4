import type { HttpDelivery } from './deliveries.ts';
import { type Json, LANES, type Message, type RefusalReason } from './message.ts';
import type { Random } from './random.ts';

/** Requests that are answered 4xx as a whole: nothing of them may ever be counted. */
export function refusals(window: { from: number; to: number }, random: Random): HttpDelivery[] {
  const at = Math.floor((window.from + window.to) / 2);
  const alone = (reason: RefusalReason, body: unknown, over: Partial<HttpDelivery> = {}) =>
    refusal(random, at, [[reason, body]], { path: '/v1/t', body: { kind: 'single' }, ...over });
  const event = (over: Json = {}): Json => ({
    messageId: random.uuid(),
    anonymousId: random.uuid(),
    event: 'Form Submitted',
    properties: { form: 'newsletter' },
    ...over,
  });
  const raw = (reason: RefusalReason, text: string) =>
    alone(reason, text, { body: { kind: 'text', text }, expected: 400 });
  const bulk = (reason: RefusalReason, events: number, properties: Json, over: Partial<HttpDelivery> = {}) =>
    refusal(
      random,
      at,
      Array.from({ length: events }, () => [reason, { ...event({ properties }), type: 'track' }] as const),
      { path: '/v1/batch', body: { kind: 'batch' }, ...over },
    );
  return [
    alone('too_large', event({ properties: { html: 'x'.repeat(40 * 1024) } })),
    raw('broken_json', '{"event":"Form Submitted","anonymousId":'),
    raw('broken_json', ''),
    raw('not_an_object', '"Form Submitted"'),
    raw('not_an_object', 'null'),
    alone('not_a_batch', event(), { path: '/v1/batch' }),
    alone('unknown_write_key', event(), { auth: 'unknown', expected: 401 }),
    bulk('unknown_write_key', 12, {}, { auth: 'unknown', expected: 401 }),
    bulk('body_too_large', 40, { html: 'x'.repeat(14 * 1024) }),
    bulk('too_many_events', 2_600, {}),
  ];
}

function refusal(
  random: Random,
  at: number,
  bodies: readonly (readonly [RefusalReason, unknown])[],
  over: Pick<HttpDelivery, 'path' | 'body'> & Partial<HttpDelivery>,
): HttpDelivery {
  const lane = random.integer(0, LANES - 1);
  const messages = bodies.map(
    ([reason, body]): Message => ({
      sender: 'refused',
      lane,
      route: 'single',
      sendAt: at,
      at,
      clock: { skewMs: 0 },
      body,
      fate: { kind: 'refused', reason },
      resent: false,
    }),
  );
  return {
    via: 'http',
    lane,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    auth: 'basic',
    gzip: false,
    messages,
    expected: '4xx',
    ...over,
  };
}
