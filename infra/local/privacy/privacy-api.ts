import { randomUUID } from 'node:crypto';
import type { PrivacyRequestView } from '../../../schemas/api/privacy.ts';
import { StartError } from '../errors.ts';
import { openFunction, type Where } from '../function-target.ts';
import type { AskedRequest } from './request.ts';

/** The privacy API of a stage. Throws a `StartError` with the problem that it answers. */
export interface PrivacyApi {
  /** Stores a request, and answers its id. */
  ask(request: AskedRequest): Promise<string>;
  read(id: string): Promise<PrivacyRequestView>;
  close(): void;
}

interface Answer {
  readonly statusCode: number;
  readonly body?: string;
}

/** Calls its function as API Gateway does: with the operator's own AWS credentials, and an API key. */
export async function openPrivacyApi(where: Where, key: string): Promise<PrivacyApi> {
  const target = await openFunction<object, Answer>(
    {
      output: 'PrivacyApiFunction',
      part: 'PrivacyRequestsApi',
      what: 'A request of privacy',
      many: 'requests of privacy',
    },
    where,
  );
  const send = async <T>(method: string, route: string, more: object): Promise<T> => {
    const answer = await target.call({
      version: '2.0',
      routeKey: `${method} ${route}`,
      rawPath: route,
      rawQueryString: '',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      requestContext: {
        http: { method, path: route, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'npm run privacy' },
        requestId: randomUUID(),
        routeKey: `${method} ${route}`,
        stage: '$default',
        timeEpoch: Date.now(),
      },
      isBase64Encoded: false,
      ...more,
    });
    const body = JSON.parse(answer.body ?? '{}');
    if (answer.statusCode < 300) return body;
    const errors = (body.errors ?? []) as { path: string; message: string }[];
    throw new StartError([body.detail, ...errors.map(({ path, message }) => `${path} ${message}`)].join('\n'));
  };
  return {
    ask: async ({ command, names, ...settings }) => {
      const route = command === 'erase' ? '/v1/privacy/erasures' : '/v1/privacy/exports';
      const { id } = await send<{ id: string }>('POST', route, { body: JSON.stringify({ ...names, ...settings }) });
      return id;
    },
    read: (id) => send('GET', '/v1/privacy/requests/{id}', { pathParameters: { id } }),
    close: target.close,
  };
}
