import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, errorAnswer, errorOf } from '../services/errors.ts';
import { accessKeyOf, identify, identifyLink } from './identity.ts';
import { chain, counting, type Next, type Station, watching } from './stations.ts';
import type { AwsAnswer, AwsCall, Gateway, LocalService } from './types.ts';

export interface GatewayOptions {
  readonly services: readonly LocalService[];
  /** Default: any free port. */
  readonly port?: number;
  /** Default: the loopback address. */
  readonly host?: string;
  /** Stops between counting and the service, in order: permissions, billing units, faults. Default: none. */
  readonly stations?: readonly Station[];
  /** Told of each call after it was answered, for a debug log. */
  readonly onCall?: (call: AwsCall, answer: AwsAnswer) => void;
}

/** Longer than any client keeps an idle connection, so that it is never the gateway that hangs up first. */
const idleMs = 600_000;

/**
 * Starts the one address behind which all local AWS services stand. It reads who calls what from the SigV4
 * header, sends the call through the stations and dispatches it. Rejects when the port is taken.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const services = new Map(options.services.map((service) => [service.name, service]));
  const count = counting();
  const log = options.onCall ? [watching(options.onCall)] : [];
  const stations = [answerErrors, ...(options.stations ?? []), answerErrors];
  const route = chain([...log, count.station, ...stations], dispatchTo(services));

  const server = createServer({ keepAliveTimeout: idleMs, requestTimeout: 0 }, (request, response) => {
    serve(request, response, services, route).catch((error) => response.destroy(error));
  });
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;

  return {
    url: `http://${address}:${port}`,
    counts: count.counts,
    invoke: async (caller, service, operation, input) => {
      const answer = await route(jsonCall(caller, service, operation, input));
      if (answer.hangsUp) throw new AwsError('ConnectionCut', `${operation} got no answer`, 503);
      if (answer.status >= 300) throw errorOf(answer);
      return answer.body.length > 0 ? JSON.parse(answer.body.toString()) : {};
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  services: ReadonlyMap<string, LocalService>,
  route: Next,
): Promise<void> {
  const body = await bodyOf(request);
  const answer = await answerTo(request, body, services, route);
  if (answer.hangsUp) return void response.destroy();
  const length = answer.headers['content-length'] ?? String(answer.body.length);
  const withoutBody = answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, { ...answer.headers, ...(withoutBody ? {} : { 'content-length': length }) });
  response.end(request.method === 'HEAD' || withoutBody ? undefined : answer.body);
}

async function answerTo(
  request: IncomingMessage,
  body: Buffer,
  services: ReadonlyMap<string, LocalService>,
  route: Next,
): Promise<AwsAnswer> {
  const { method = 'GET', url = '/' } = request;
  const headers = request.headers as Record<string, string>;
  try {
    const { caller, service } = identifyLink({ method, url }, Date.now()) ?? identify(headers.authorization);
    const operation =
      services.get(service)?.operationOf?.({ method, url, headers }) ??
      headers['x-amz-target']?.split('.').at(-1) ??
      'Unknown';
    return await route({ service, operation, caller, method, url, headers, body });
  } catch (error) {
    return errorAnswer({ service: headers['x-amz-target'] ? 'json' : 's3', url }, asAwsError(error));
  }
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', reject);
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
  });
}

function dispatchTo(services: ReadonlyMap<string, LocalService>): Next {
  return async (call) => {
    const service = services.get(call.service);
    if (service) return service.handle(call);
    const known = [...services.keys()].join(', ');
    throw new AwsError('UnknownOperationException', `No local service is named '${call.service}'. There are: ${known}`);
  };
}

/** Turns what a service or a later station throws into an answer, so that who comes before sees answers only. */
const answerErrors: Station = async (call, next) => {
  try {
    return await next(call);
  } catch (error) {
    return errorAnswer(call, asAwsError(error));
  }
};

function asAwsError(error: unknown): AwsError {
  if (error instanceof AwsError) return error;
  return new AwsError('InternalFailure', error instanceof Error ? error.message : String(error), 500);
}

function jsonCall(caller: string, service: string, operation: string, input: object): AwsCall {
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyOf(caller)}/20260101/us-east-1/${service}/aws4_request`,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${service}.${operation}`,
  };
  return { service, operation, caller, method: 'POST', url: '/', headers, body: Buffer.from(JSON.stringify(input)) };
}
