import type { IncomingMessage } from 'node:http';
import { account } from '../template/types.ts';
import { decode, type RouteMatch } from './route-table.ts';

/** What HTTP API hands on as text; everything else, and what has no content type, comes in base64. */
const textTypes = /^(text\/|application\/(json|javascript|xml)\s*(;|$))/i;

/** The event of payload format 2.0 that HTTP API makes of a request. */
export function httpEvent(
  request: IncomingMessage,
  body: Buffer,
  apiId: string,
  requestId: string,
  { route, parameters }: RouteMatch,
): Record<string, unknown> {
  const { method = 'GET', url = '/' } = request;
  const [rawPath = '/', rawQueryString = ''] = splitOnce(url, '?');
  const { cookie, ...headers } = headersOf(request);
  const isText = textTypes.test(headers['content-type'] ?? '') && !headers['content-encoding'];
  const isBase64Encoded = body.length > 0 && !isText;
  const now = new Date();
  // HTTP API hands the path on decoded, and cuts it at a question mark that was encoded.
  const path = decode(rawPath).split('?')[0] ?? '/';
  const query = queryOf(rawQueryString);
  const host = headers.host ?? '';
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) }),
    headers: { ...headers, 'content-length': String(body.length) },
    ...(rawQueryString === '' ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: account,
      apiId,
      domainName: host,
      domainPrefix: host.split('.')[0],
      http: {
        method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: sourceIpOf(request),
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: route.routeKey,
      stage: '$default',
      time: clfTime(now),
      timeEpoch: now.getTime(),
    },
    ...(Object.keys(parameters).length === 0 ? {} : { pathParameters: parameters }),
    ...(body.length === 0 ? {} : { body: isBase64Encoded ? body.toString('base64') : body.toString('utf8') }),
    isBase64Encoded,
  };
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const joined = Object.entries(request.headersDistinct).map(([name, values = []]) => {
    return [name, values.join(name === 'cookie' ? '; ' : ',')];
  });
  const headers: Record<string, string> = Object.fromEntries(joined);
  const forwarded = headers['x-forwarded-for'];
  return {
    ...headers,
    'x-forwarded-for': forwarded ? `${forwarded}, ${sourceIpOf(request)}` : sourceIpOf(request),
    'x-forwarded-port': String(request.socket.localPort ?? ''),
    'x-forwarded-proto': 'http',
  };
}

function sourceIpOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace('::ffff:', '');
}

function queryOf(text: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    query[name] = name in query ? `${query[name]},${value}` : value;
  }
  return query;
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2026:19:03:58 +0000`. */
function clfTime(date: Date): string {
  const [day, time = ''] = date.toISOString().split('T');
  const [year, month, dayOfMonth] = (day ?? '').split('-');
  return `${dayOfMonth}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
