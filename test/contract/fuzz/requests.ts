import fc from 'fast-check';
import { z } from 'zod';
import type { HttpEvent } from '../../../functions/middleware/http.ts';
import type { Endpoint } from '../../../schemas/api/endpoint.ts';
import { routeKeyOf } from '../../../schemas/api/endpoints.ts';
import { anHttpEvent } from '../../functions/http-event.ts';
import { bySchema, type JsonSchema, seldom } from './by-schema.ts';
import { anyText, deepJson } from './hostile.ts';

/** A request, before it has the shape that API Gateway gives it. */
interface Parts {
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

/** One value in so many is as wrong as can be; the others are what the endpoint's schema asks for. */
const mostly = <T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: usual, weight: 14 }, { arbitrary: rare, weight: 1 });

/** Requests to an endpoint, from what its schemas ask for to anything at all. `names` are ids that exist. */
export function requestsTo(endpoint: Endpoint, names: readonly string[]): fc.Arbitrary<HttpEvent> {
  const parts: fc.Arbitrary<Parts> = fc.record({
    headers: headersOf(endpoint),
    params: textsOf(endpoint.params, names, []),
    query: textsOf(endpoint.query, names, ['cursor', 'limit', 'format', 'unknown']),
    body: bodyOf(endpoint, names),
  });
  return parts.map(({ body, ...rest }) =>
    anHttpEvent(routeKeyOf(endpoint), { ...rest, ...(body !== undefined && { body }) }),
  );
}

const schemaOf = (schema: NonNullable<Endpoint['body']>): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;

/** Header values as HTTP lets them be: visible characters of Latin-1. */
const headerText = anyText.map((text) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?'));

function headersOf({ auth }: Endpoint): fc.Arbitrary<Record<string, string>> {
  const right = auth === 'ingest' ? `Basic ${Buffer.from('wk_local:').toString('base64')}` : 'Bearer sk_local';
  const authorization = mostly(
    fc.constant(right),
    fc.oneof(
      headerText,
      headerText.map((text) => `Bearer ${text}`),
      headerText.map((text) => `Basic ${Buffer.from(text).toString('base64')}`),
      fc.constant(''),
    ),
  );
  const contentType = mostly(fc.constantFrom('application/json', 'application/json; charset=utf-8'), headerText);
  const other = fc.dictionary(
    fc.constantFrom('user-agent', 'if-none-match', 'accept', 'sentat', 'origin', 'dnt'),
    headerText,
  );
  return fc
    .record({ authorization, contentType, other })
    .map((all) => ({ ...all.other, authorization: all.authorization, 'content-type': all.contentType }));
}

/** Parameters are texts on their way: whatever the schema makes of them. */
function textsOf(
  schema: Endpoint['query'],
  names: readonly string[],
  others: readonly string[],
): fc.Arbitrary<Record<string, string>> {
  const text = fc.oneof(fc.constantFrom(...names), anyText);
  const { properties = {}, required = [] } = schema ? schemaOf(schema) : ({} as JsonSchema);
  const named = seldom(
    Object.fromEntries(
      Object.entries(properties).map(([name, each]) => [name, mostly(bySchema(each, names).map(textOf), text)]),
    ),
    required,
  );
  if (others.length === 0) return named;
  const more = mostly(fc.constant({}), fc.dictionary(fc.constantFrom(...others), text, { maxKeys: 2 }));
  return fc.tuple(more, named).map(([unknown, known]) => ({ ...unknown, ...known }));
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function bodyOf({ body }: Endpoint, names: readonly string[]): fc.Arbitrary<string | Uint8Array | undefined> {
  const wrong = fc.oneof(
    anyText,
    deepJson,
    fc.uint8Array({ maxLength: 40 }),
    fc.constant(undefined),
    fc.json({ maxDepth: 3 }),
  );
  if (!body) return mostly(fc.constant(undefined), wrong);
  const right = bySchema(schemaOf(body), names).map((value) => JSON.stringify(value));
  return mostly(right, wrong);
}
