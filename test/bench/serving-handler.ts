import { aContext, anHttpEvent } from '../functions/http-event.ts';

const sha256 = '89994fb15d114944fba9ac60f230759e5eb6f1ec30a86fe22c03ce252d15cd10';

/** The recommendation-api in this process, before a storage at an address: calls it for a person, and answers the milliseconds. */
export async function servingHandler(storage: string): Promise<(person: number) => Promise<number>> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: storage,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    PROFILES_TABLE: 'profiles',
    CATALOG_TABLE: 'catalog',
    RECOMMENDATIONS_TABLE: 'models',
    STREAM_NAME: 'events',
    HOLDOUT_PER_MILLE: '0',
    REPURCHASABLE: '0',
    METRICS_NAMESPACE: 'bench',
    KEYS_TABLE: 'keys',
    ALLOWANCES_TABLE: 'allowances',
    API_KEYS: JSON.stringify([{ id: 'local', sha256 }]),
    AUTH_JWT: 'null',
    SPACES: '[]',
  });
  const { handler } = await import('../../functions/recommendation-api/handler.ts');
  return async (person) => {
    const began = performance.now();
    const event = anHttpEvent('GET /v1/recommendations', {
      headers: { authorization: 'Bearer sk_local' },
      query: { userId: `user-${person}`, n: '20' },
    });
    const { statusCode, body = '' } = await handler(event, aContext());
    if (statusCode !== 200 || !body.includes('viewed with'))
      throw new Error(`The handler answered ${statusCode}: ${body}`);
    return performance.now() - began;
  };
}
