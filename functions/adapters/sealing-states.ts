import type { SealingState } from '../../shared/lake/sealing/sealing-state.ts';
import { pathOf, s3Error } from './s3.ts';
import { type SignedHttpOptions, signedHttp } from './signed-http.ts';

/** A state, and the version by which it is replaced. */
export interface HeldState {
  readonly state: SealingState;
  readonly version: string;
}

export interface SealingStates {
  /** Undefined when there never was one. */
  read(): Promise<HeldState | undefined>;
  /**
   * Replaces the state whose version is given, or makes the first one; answers the new version, or undefined when
   * somebody else was first.
   */
  write(state: SealingState, version: string | undefined): Promise<string | undefined>;
}

export const STATE_KEY = 'sealing/state.json';

/** The state as an object in the lake's bucket, replaced only by whoever knows what it replaces. */
export function createSealingStates(bucket: string, options?: SignedHttpOptions): SealingStates {
  const send = signedHttp('s3', options);
  const path = pathOf(bucket, STATE_KEY);

  const read = () =>
    send({ method: 'GET', path }, (answer): HeldState | undefined => {
      if (answer.status < 300) {
        return { state: JSON.parse(answer.body.toString()), version: answer.headers.etag ?? '' };
      }
      const error = s3Error(answer, `a GET of ${STATE_KEY}`);
      if (error.name === 'NoSuchKey') return undefined;
      throw error;
    });

  return {
    read,
    write: async (state, version) => {
      const body = Buffer.from(JSON.stringify(state));
      const condition = version === undefined ? { 'if-none-match': '*' } : { 'if-match': version };
      const headers = { 'content-type': 'application/json', ...condition };
      const written = await send({ method: 'PUT', path, headers, body }, (answer) => {
        if (answer.status < 300) return answer.headers.etag ?? '';
        // 409: somebody writes at this moment. 404: there is nothing to match.
        if ([404, 409, 412].includes(answer.status)) return undefined;
        throw s3Error(answer, `a PUT of ${STATE_KEY}`);
      });
      if (written !== undefined) return written;
      // Our own write, whose answer was lost, looks like somebody else's.
      const found = await read();
      return found && JSON.stringify(found.state) === body.toString() ? found.version : undefined;
    },
  };
}
