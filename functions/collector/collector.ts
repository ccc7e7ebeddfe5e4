import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { PrivacySettings } from '../../schemas/privacy-settings.ts';
import { compileFields } from '../../shared/privacy/fields.ts';
import { errorFields, log } from '../adapters/log.ts';
import type { PutRecords } from '../adapters/store-in-order.ts';
import { type HttpEvent, type HttpHandler, type HttpResponse, json } from '../middleware/http.ts';
import type { KeyCheck } from '../middleware/key-check.ts';
import { ProblemError } from '../middleware/problem.ts';
import { problemDetails } from '../middleware/problem-details.ts';
import { settled } from '../middleware/settled.ts';
import { accept } from './accept.ts';
import { cors } from './cors.ts';
import { gif, pixelBody } from './pixel.ts';
import { type Body, readBody, readEvents } from './read-events.ts';
import { type EventRoute, routes } from './routes.ts';
import { rudderSourceConfig, segmentSettings } from './settings.ts';
import { signalsOf } from './signals.ts';
import { admitted, keyOf, keysOf, sourceOf } from './write-key.ts';

export interface CollectorProps {
  /** Knows the source of a write key. */
  readonly keys: KeyCheck;
  readonly put: PutRecords;
  readonly privacy: PrivacySettings;
}

const success = (): HttpResponse => json(200, { success: true });

/** The ingestion API: takes events by the contract of Segment and RudderStack, and answers when they are durable. */
export function collector({ keys, put, privacy }: CollectorProps): HttpHandler {
  const fields = compileFields(privacy.fields);
  const store = (source: string, body: Body, route: EventRoute, event: HttpEvent, context: Context) =>
    accept(put, source, body, readEvents(body, route, fields), signalsOf(event, privacy.consent), event, context);

  const takeEvents = async (route: EventRoute, event: HttpEvent, context: Context): Promise<HttpResponse> => {
    const body = readBody(event, route);
    const source = await admitted(keys, keysOf(event, body.writeKey), event);
    await store(source, body, route, event, context);
    return success();
  };

  /** Whatever comes, an image is answered: a broken one would be seen, and who loads it cannot send again. */
  const takePixel = async (event: HttpEvent, context: Context): Promise<HttpResponse> => {
    try {
      const body = pixelBody(event);
      const source = await admitted(keys, keysOf(event, body.writeKey), event);
      await store(source, body, { kind: 'message', type: 'track' }, event, context);
    } catch (error) {
      const code = error instanceof ProblemError ? error.code : 'internal_error';
      const fields = error instanceof ProblemError ? {} : errorFields(error);
      log('warn', 'A pixel delivered no event.', { code, requestId: event.requestContext.requestId, ...fields });
    }
    return gif;
  };

  const handler = async (event: HttpEvent, context: Context): Promise<HttpResponse> => {
    const route = routes.get(event.routeKey);
    switch (route?.kind) {
      case 'message':
      case 'batch':
        return takeEvents(route, event, context);
      case 'pixel':
        return takePixel(event, context);
      case 'metrics':
        return success();
      case 'settings': {
        const writeKey = event.pathParameters?.writeKey ?? '';
        await keyOf(keys, [writeKey], event);
        return segmentSettings(writeKey, event);
      }
      case 'sourceConfig':
        return rudderSourceConfig(sourceOf(await keyOf(keys, keysOf(event), event)));
      case undefined:
        throw new ProblemError('not_found', `No endpoint answers ${event.routeKey}: GET /openapi.json lists them.`);
    }
  };
  return middy<HttpEvent, HttpResponse>(handler).use(settled(keys)).use(cors()).use(problemDetails()) as HttpHandler;
}
