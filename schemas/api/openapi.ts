import * as z from 'zod';
import type { Endpoint, EndpointResponse } from './endpoint.ts';

type Json = Record<string, unknown>;

/** What a key needs is named as a role of it. */
const securityOf = (auth: Endpoint['auth']): Json[] => {
  if (auth === 'none') return [];
  return [auth === 'ingest' ? { writeKey: [auth] } : { apiKey: [auth] }];
};

/** What several endpoints share, by name: filled while the paths are made. */
interface Components {
  readonly schemas: Json;
  readonly responses: Json;
}

/** Builds the OpenAPI 3.1 document of the endpoints. Schemas and answers with an id become components. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): Json {
  const components: Components = { schemas: {}, responses: {} };
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const { path, method } = endpoint;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(endpoint, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Headwater',
      version,
      description:
        'Events in by the Segment contract; profiles, segments and reports out. Errors are RFC 9457 problem details.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'Ingestion', description: 'The Segment and RudderStack tracking contract.' },
      { name: 'Profiles', description: 'People, as their events tell.' },
      { name: 'Segments', description: 'Groups of people, kept up to date by events and by time.' },
      { name: 'Catalog', description: 'What is for sale: what recommendations show, and what they leave out.' },
      { name: 'Recommendations', description: 'Items for a person, like another, or popular.' },
      { name: 'Reports', description: 'Figures of the lake, as data, CSV or charts.' },
      { name: 'Service', description: 'The service itself.' },
    ],
    paths,
    components: {
      ...components,
      securitySchemes: {
        writeKey: { type: 'http', scheme: 'basic', description: 'The write key as user name, with an empty password.' },
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description:
            'An API key with the scope that the operation names: read, manage or privacy; or a JWT with it, where the stage names an issuer.',
        },
      },
    },
  };
}

function operation(endpoint: Endpoint, components: Components): Json {
  return {
    operationId: endpoint.operationId,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    ...descriptionOf(endpoint),
    security: securityOf(endpoint.auth),
    parameters: [
      ...parameters(endpoint.params, 'path', components),
      ...parameters(endpoint.query, 'query', components),
    ],
    ...(endpoint.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: toSchema(endpoint.body, 'input', components), example: endpoint.example },
        },
      },
    }),
    responses: Object.fromEntries(
      Object.entries(endpoint.responses).map(([status, response]) => [status, answer(response, components)]),
    ),
  };
}

/** What a key that is limited to a space is answered, beside what the endpoint says of itself. */
const toLimitedKeys = {
  person: 'A key that is limited to a space is answered for people of the space alone, by their ids within it.',
  stage: 'A key that is limited to a space gets 403 with the code `space_restricted`.',
  none: undefined,
} as const;

function descriptionOf({ description, space }: Endpoint): { description?: string } {
  const texts = [description, toLimitedKeys[space]].filter((text) => text !== undefined);
  return texts.length === 0 ? {} : { description: texts.join(' ') };
}

function answer(response: EndpointResponse, components: Components): Json {
  const { id, description, body, contentType = 'application/json', otherTypes = [] } = response;
  const schema = body && { schema: toSchema(body, 'output', components) };
  const others = otherTypes.map((type) => [type, { schema: { type: 'string' } }]);
  const content = { [contentType]: schema ?? {}, ...Object.fromEntries(others) };
  const made = !body && contentType === 'application/json' ? { description } : { description, content };
  if (id === undefined) return made;
  components.responses[id] = made;
  return { $ref: `#/components/responses/${id}` };
}

function parameters(object: z.core.$ZodObject | undefined, place: 'path' | 'query', components: Components): Json[] {
  return Object.entries(object?._zod.def.shape ?? {}).map(([name, schema]) => {
    const { description } = z.globalRegistry.get(schema) ?? {};
    return {
      name,
      in: place,
      required: place === 'path' || !z.safeParse(schema, undefined).success,
      ...(description && { description }),
      schema: toSchema(schema, 'input', components),
    };
  });
}

function toSchema(schema: z.core.$ZodType, io: 'input' | 'output', { schemas }: Components): unknown {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  Object.assign(schemas, relocate($defs ?? {}));
  const id = rest.id;
  if (typeof id !== 'string') return relocate(rest);
  schemas[id] = relocate(rest);
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
