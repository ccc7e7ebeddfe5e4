import * as z from 'zod';
import type { Endpoint, EndpointResponse } from './endpoint.ts';

type Json = Record<string, unknown>;

const security: Record<Endpoint['auth'], Json[]> = {
  writeKey: [{ writeKey: [] }],
  apiKey: [{ apiKey: [] }],
  none: [],
};

/** Builds the OpenAPI 3.1 document of the endpoints. Schemas with an id become components. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): Json {
  const components: Json = {};
  const schemaOf = (schema: z.core.$ZodType, io: 'input' | 'output') => toSchema(schema, io, components);
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(endpoint, schemaOf) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headwater',
      version,
      description: 'Events in by the Segment contract; profiles out. Errors are RFC 9457 problem details.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Ingestion', description: 'The Segment and RudderStack tracking contract.' },
      { name: 'Profiles', description: 'People, as their events tell.' },
      { name: 'Service', description: 'The service itself.' },
    ],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        writeKey: { type: 'http', scheme: 'basic', description: 'The write key as user name, with an empty password.' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' },
      },
    },
  };
}

function operation(endpoint: Endpoint, schemaOf: (schema: z.core.$ZodType, io: 'input' | 'output') => unknown): Json {
  return {
    operationId: endpoint.operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...(endpoint.description && { description: endpoint.description }),
    security: security[endpoint.auth],
    parameters: [...parameters(endpoint.params, 'path', schemaOf), ...parameters(endpoint.query, 'query', schemaOf)],
    ...(endpoint.body && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(endpoint.body, 'input'), example: endpoint.example } },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(endpoint.responses).map(([status, response]) => [status, answer(response, schemaOf)]),
    ),
  };
}

function answer(
  response: EndpointResponse,
  schemaOf: (schema: z.core.$ZodType, io: 'input' | 'output') => unknown,
): Json {
  const { description, body, contentType = 'application/json' } = response;
  if (!body && contentType === 'application/json') return { description };
  return { description, content: { [contentType]: body ? { schema: schemaOf(body, 'output') } : {} } };
}

function parameters(
  object: z.core.$ZodObject | undefined,
  place: 'path' | 'query',
  schemaOf: (schema: z.core.$ZodType, io: 'input' | 'output') => unknown,
): Json[] {
  return Object.entries(object?._zod.def.shape ?? {}).map(([name, schema]) => {
    const { description } = z.globalRegistry.get(schema) ?? {};
    return {
      name,
      in: place,
      required: place === 'path' || !z.safeParse(schema, undefined).success,
      ...(description && { description }),
      schema: schemaOf(schema, 'input'),
    };
  });
}

function toSchema(schema: z.core.$ZodType, io: 'input' | 'output', components: Json): unknown {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  Object.assign(components, relocate($defs ?? {}));
  const id = rest.id;
  if (typeof id !== 'string') return relocate(rest);
  components[id] = relocate(rest);
  return { $ref: `#/components/schemas/${id}` };
}

/** JSON Schema's `$defs` are OpenAPI's components, and `id` is no keyword of either. */
function relocate(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocate);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === 'id' && typeof inner === 'string'))
      .map(([key, inner]) => [
        key,
        key === '$ref' && typeof inner === 'string'
          ? inner.replace('#/$defs/', '#/components/schemas/')
          : relocate(inner),
      ]),
  );
}
