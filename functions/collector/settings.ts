import { type HttpEvent, type HttpResponse, json } from '../middleware/http.ts';

const cached = { 'cache-control': 'public, max-age=300' };

/**
 * What the Segment browser SDK asks for first: where to send. It takes https for granted, so a host that was asked by
 * plain http is named with its protocol.
 */
export function segmentSettings(writeKey: string, event: HttpEvent): HttpResponse {
  const host = event.headers.host ?? event.requestContext.domainName;
  const isPlain = event.headers['x-forwarded-proto'] === 'http';
  return json(
    200,
    {
      integrations: {
        'Segment.io': { apiKey: writeKey, apiHost: `${host}/v1`, ...(isPlain && { protocol: 'http' }) },
      },
      metrics: { sampleRate: 0 },
    },
    cached,
  );
}

/** What the RudderStack browser SDK asks for first: a source without destinations, for Headwater is the destination. */
export function rudderSourceConfig(id: string): HttpResponse {
  return json(200, { source: { id, config: {}, destinations: [] } });
}
