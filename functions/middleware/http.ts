import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';

/** A request as API Gateway's HTTP API hands it over, payload format 2.0. */
export type HttpEvent = APIGatewayProxyEventV2;

export type HttpResponse = APIGatewayProxyStructuredResultV2;

export type HttpHandler = (event: HttpEvent, context: Context) => Promise<HttpResponse>;

export function json(statusCode: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** An answer without a body. */
export const noContent: HttpResponse = { statusCode: 204 };
