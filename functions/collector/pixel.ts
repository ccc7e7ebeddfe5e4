import type { HttpEvent, HttpResponse } from '../middleware/http.ts';
import { MAX_EVENT_BYTES } from './limits.ts';
import { type Body, parseObject } from './read-events.ts';
import { messageTypes } from './routes.ts';

/** A transparent GIF of one pixel; never stored by a browser, so that each view is seen. */
export const gif: HttpResponse = {
  statusCode: 200,
  headers: { 'content-type': 'image/gif', 'cache-control': 'no-store' },
  body: 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  isBase64Encoded: true,
};

/** The event of a pixel: base64 JSON in `data`, its type in the path. Throws a problem when there is none. */
export function pixelBody(event: HttpEvent): Body {
  const given = event.queryStringParameters?.data ?? '';
  // A plus sign that nobody escaped arrives as a space.
  const bytes = Buffer.from(given.slice(0, 2 * MAX_EVENT_BYTES).replaceAll(' ', '+'), 'base64');
  const body = parseObject(bytes.toString('utf8'));
  const type = event.pathParameters?.type ?? '';
  body.type ??= messageTypes.get(type) ?? type;
  return body;
}
