import openApi from '../../schemas/api/openapi.generated.json' with { type: 'json' };
import { json } from '../middleware/http.ts';
import { httpApi } from '../middleware/http-api.ts';

const document = JSON.stringify(openApi);
const { version } = openApi.info;

/** Named here again, because `schemas/api` would bring a validator that is thirty times the size of this function. */
export const handler = httpApi({
  endpoints: [
    { operationId: 'getHealth', method: 'GET', path: '/v1/health', auth: 'none', space: 'none' },
    { operationId: 'getOpenApi', method: 'GET', path: '/openapi.json', auth: 'none', space: 'none' },
  ],
  operations: {
    getHealth: () => json(200, { status: 'ok', version }, { 'cache-control': 'no-store' }),
    getOpenApi: () => ({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'public, max-age=300' },
      body: document,
    }),
  },
});
