import type { AwsAnswer, AwsCall, LocalService } from '../gateway/types.ts';
import { type Outcome, payloadLimit } from '../lambda/outcome.ts';
import { account, region } from '../template/types.ts';
import { AwsError } from './errors.ts';

/** What the service calls: the functions of the template, once they are there. */
export interface Invocable {
  /** The function's logical id; nothing when the template has no such function. */
  find(functionName: string): string | undefined;
  invoke(logicalId: string, event: unknown): Promise<Outcome>;
  /** Resolves when an asynchronous invocation is sure to happen. */
  accept(logicalId: string, event: unknown): Promise<void>;
}

/** An event source mapping of the template, as far as it can be paused. */
export interface Mapping {
  readonly uuid: string;
  readonly functionArn: string;
  readonly eventSourceArn: string;
  state(): 'Enabled' | 'Disabling' | 'Disabled';
  enable(isEnabled: boolean): void;
}

export interface LambdaService extends LocalService {
  /** Serves these functions and mappings from now on. */
  serve(functions: Invocable, mappings?: readonly Mapping[]): void;
}

const invocations = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?(.*))?$/;

const mappingPath = /^\/2015-03-31\/event-source-mappings\/([^/?]+)\/?$/;
const mappingOperations: Readonly<Record<string, string>> = {
  GET: 'GetEventSourceMapping',
  PUT: 'UpdateEventSourceMapping',
};

/** The largest event of an asynchronous invocation, in bytes. */
const asyncLimit = 1024 * 1024;

/**
 * Lambda, as far as functions call functions and pause what reads a stream for them: Invoke, synchronous and
 * asynchronous, GetEventSourceMapping, and UpdateEventSourceMapping for `Enabled` alone.
 */
export function createLambdaService(): LambdaService {
  let functions: Invocable | undefined;
  let mappings: readonly Mapping[] = [];
  return {
    name: 'lambda',
    operationOf: ({ method, url }) => {
      if (mappingPath.test(url)) return mappingOperations[method] ?? 'Unknown';
      return method === 'POST' && invocations.test(url) ? 'Invoke' : 'Unknown';
    },
    handle: async (call) => {
      if (call.operation.endsWith('EventSourceMapping')) return aboutMapping(mappings, call);
      if (call.operation !== 'Invoke') {
        throw new AwsError(
          'UnknownOperationException',
          `lambda has no local operation ${call.method} ${call.url}`,
          404,
        );
      }
      if (!functions) throw new AwsError('ServiceException', 'The functions are not deployed yet', 500);
      return invoke(functions, call);
    },
    close: async () => {},
    serve: (served, paused = []) => {
      functions = served;
      mappings = paused;
    },
  };
}

function aboutMapping(mappings: readonly Mapping[], { operation, url, body }: AwsCall): AwsAnswer {
  const uuid = decodeURIComponent(mappingPath.exec(url)?.[1] ?? '');
  const mapping = mappings.find((each) => each.uuid === uuid);
  if (mapping === undefined) {
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404);
  }
  const { functionArn, eventSourceArn } = mapping;
  const about = { UUID: uuid, FunctionArn: functionArn, EventSourceArn: eventSourceArn };
  if (operation === 'GetEventSourceMapping') return answer(200, { ...about, State: mapping.state() });
  const { Enabled, ...others } = eventOf(body) as { Enabled?: unknown };
  const [other] = Object.keys(others);
  if (other !== undefined || typeof Enabled !== 'boolean') {
    throw new AwsError('InvalidParameterValueException', `Only Enabled can be changed here, not ${other ?? 'nothing'}`);
  }
  if (mapping.state() === 'Disabling') {
    throw new AwsError('ResourceInUseException', 'The event source mapping is being updated', 400);
  }
  mapping.enable(Enabled);
  return answer(202, { ...about, State: Enabled ? 'Enabling' : 'Disabling' });
}

async function invoke(functions: Invocable, { url, headers, body }: AwsCall): Promise<AwsAnswer> {
  const [, nameOrArn = '', query = ''] = invocations.exec(url) ?? [];
  const name = nameOf(decodeURIComponent(nameOrArn), new URLSearchParams(query).get('Qualifier'));
  const logicalId = functions.find(name);
  if (logicalId === undefined) {
    const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404);
  }
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const limit = type === 'Event' ? asyncLimit : payloadLimit;
  if (body.length > limit) {
    const message = `Request must be smaller than ${limit} bytes for the InvokeFunction operation`;
    throw new AwsError('RequestTooLargeException', message, 413);
  }
  const event = eventOf(body);
  if (type === 'DryRun') return answer(204);
  if (type === 'Event') {
    await functions.accept(logicalId, event);
    return answer(202);
  }
  if (type !== 'RequestResponse') {
    throw new AwsError('InvalidParameterValueException', `There is no invocation type '${type}'`);
  }
  const outcome = await functions.invoke(logicalId, event);
  if (outcome.ok) return answer(200, outcome.payload);
  if (outcome.error.errorType === 'Runtime.Stopped') throw new AwsError('ServiceException', 'It is stopping', 500);
  return answer(200, outcome.error, { 'x-amz-function-error': 'Unhandled' });
}

/** The name in a name or an ARN; a version other than the latest stays part of it, for there is none here. */
function nameOf(nameOrArn: string, qualifier: string | null): string {
  const qualified = qualifier === null ? nameOrArn : `${nameOrArn}:${qualifier}`;
  return /(?:^|function:)([^:]+)(?::\$LATEST)?$/.exec(qualified)?.[1] ?? qualified;
}

function eventOf(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch (cause) {
    const message = `Could not parse request body into json: ${(cause as Error).message}`;
    throw new AwsError('InvalidRequestContentException', message);
  }
}

function answer(status: number, payload?: unknown, headers: Readonly<Record<string, string>> = {}): AwsAnswer {
  const body = payload === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(payload));
  const about = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST', ...headers };
  return { status, headers: about, body };
}
