import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';

export const serviceEndpoints: readonly Endpoint[] = [
  {
    operationId: 'getHealth',
    method: 'GET',
    path: '/v1/health',
    handler: 'service-api',
    auth: 'none',
    space: 'none',
    tag: 'Service',
    summary: 'Whether the API answers, and which version.',
    responses: {
      200: {
        description: 'The API answers.',
        body: z.object({ status: z.literal('ok'), version: z.string() }).meta({ id: 'Health' }),
      },
    },
    example: '/v1/health',
  },
  {
    operationId: 'getOpenApi',
    method: 'GET',
    path: '/openapi.json',
    handler: 'service-api',
    auth: 'none',
    space: 'none',
    tag: 'Service',
    summary: 'This API as an OpenAPI 3.1 document.',
    responses: { 200: { description: 'The OpenAPI document.', body: z.looseObject({ openapi: z.string() }) } },
    example: '/openapi.json',
  },
];
