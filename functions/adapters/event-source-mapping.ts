import { ServiceError, type SignedAnswer, type SignedHttpOptions, signedHttp } from './signed-http.ts';

/** Whether a stream is read for a function, or on the way to it: `Enabled`, `Disabling`, `Disabled`, `Enabling`, `Updating`. */
export type MappingState = string;

/** The reading of a stream by one function, which can be paused: records wait on the stream meanwhile. */
export interface EventSourceMapping {
  /** Throws `ServiceError`. */
  state(): Promise<MappingState>;
  /** Asks for it to be enabled or disabled, which takes a while; may be asked again. Throws `ServiceError`. */
  enable(isEnabled: boolean): Promise<void>;
}

/** An event source mapping of Lambda, by its UUID. */
export function createEventSourceMapping(uuid: string, options?: SignedHttpOptions): EventSourceMapping {
  const send = signedHttp('lambda', options);
  const path = `/2015-03-31/event-source-mappings/${encodeURIComponent(uuid)}`;
  return {
    state: () => send({ method: 'GET', path }, stateOf),
    enable: async (isEnabled) => {
      const body = Buffer.from(JSON.stringify({ Enabled: isEnabled }));
      try {
        await send({ method: 'PUT', path, headers: { 'content-type': 'application/json' }, body }, stateOf);
      } catch (error) {
        // It is still on the way to what was asked before: whoever waits for a state asks again.
        if (!(error instanceof ServiceError) || error.name !== 'ResourceInUseException') throw error;
      }
    },
  };
}

function stateOf({ status, headers, body }: SignedAnswer): MappingState {
  const text = body.toString('utf8');
  if (status < 300) return (JSON.parse(text) as { State: MappingState }).State;
  const named = headers['x-amzn-errortype'] ?? /"__type"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? `Http${status}`;
  const code = named.split(':')[0] as string;
  throw new ServiceError(code, status, `Lambda answered ${status} ${code} about an event source mapping.`);
}
