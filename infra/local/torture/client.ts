import { setTimeout as sleep } from 'node:timers/promises';
import { streamOf } from '../demo/random.ts';
import type { Calendar } from './calendar.ts';
import type { Request } from './wave.ts';

export interface ClientSettings {
  readonly seed: string;
  /** Address of the HTTP API now; it may change while the runtime is restarted. */
  readonly apiUrl: () => string;
  readonly writeKey: string;
  readonly calendar: Calendar;
  /** Told the moment at which the events of a request were known to be stored. */
  readonly onAcknowledged: (request: Request, at: number) => void;
}

/** What came of the requests. */
export interface ClientCounts {
  requests: number;
  /** By why: `429`, `500`, `503`, `no connection`, `hung up`. */
  readonly retries: Record<string, number>;
  /** Requests that were refused for good, which none should be: status and answer. */
  readonly refused: string[];
}

/** Sends like an SDK: the same request again, after a pause, until it is acknowledged. */
export interface Client {
  readonly counts: ClientCounts;
  send(request: Request): Promise<void>;
  /** Lets no attempt begin any more. */
  stop(): void;
}

/** As long as API Gateway may take. Shorter, and a busy machine gets each request again before it has done it. */
const TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 2_000;
/** Requests whose sender loses its connection before it has the answer. */
const HANG_UPS = 0.03;
const LONGEST_BEFORE_HANG_UP_MS = 150;

/** How long before the end of its window a trial begins. */
export const TRIAL_LEAD_MS = 30_000;
/** How long after midnight is over the trials of the evening end. */
const MORNING_LEAD_MS = 3_000;
export const TRIAL_WINDOW = { days: 2 } as const;

export function createClient({ seed, apiUrl, writeKey, calendar, onAcknowledged }: ClientSettings): Client {
  const counts: ClientCounts = { requests: 0, retries: {}, refused: [] };
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
  let stopped = false;

  /** The answer; a text says why there is none. */
  const attempt = async (body: string, signal: AbortSignal): Promise<Response | string> => {
    try {
      const headers = { authorization, 'content-type': 'application/json' };
      const answer = await fetch(`${apiUrl()}/v1/batch`, { method: 'POST', headers, body, signal });
      await answer.arrayBuffer();
      return answer;
    } catch {
      return signal.aborted ? 'hung up' : 'no connection';
    }
  };

  return {
    counts,
    stop: () => {
      stopped = true;
    },
    send: async (request) => {
      counts.requests += 1;
      for (const { isTrial, body } of request.messages) {
        if (isTrial && body.stamped === undefined) stamp(body, calendar);
      }
      const random = streamOf(seed, 'client', request.id);
      for (let tried = 0; !stopped; tried += 1) {
        const isCut = random.chance(HANG_UPS);
        const limit = isCut ? random.integer(1, LONGEST_BEFORE_HANG_UP_MS) : TIMEOUT_MS;
        const answer = await attempt(bodyOf(request, calendar), AbortSignal.timeout(limit));
        if (typeof answer !== 'string' && answer.ok) return onAcknowledged(request, calendar.now());
        const why = typeof answer === 'string' ? answer : String(answer.status);
        if (typeof answer !== 'string' && answer.status < 500 && answer.status !== 429) {
          counts.refused.push(`${answer.status} to the request ${request.id}`);
          return;
        }
        counts.retries[why] = (counts.retries[why] ?? 0) + 1;
        const asked = typeof answer === 'string' ? 0 : Number(answer.headers.get('retry-after') ?? 0) * 1000;
        const pause = asked || random.between(0.5, 1) * 100 * 2 ** Math.min(tried, 5);
        await sleep(Math.min(pause, LONGEST_PAUSE_MS));
      }
    },
  };
}

function bodyOf({ messages, saysWhen }: Request, { now }: Calendar): string {
  const batch = messages.map(({ body }) => body);
  return JSON.stringify(saysWhen ? { batch, sentAt: new Date(now()).toISOString() } : { batch });
}

/**
 * Sets the time so that the window ends `TRIAL_LEAD_MS` from now, or after midnight, while others are sent. Every copy says
 * the same.
 */
function stamp(body: Record<string, unknown>, { now, morning }: Calendar): void {
  const end = Math.max(now() + TRIAL_LEAD_MS, morning + MORNING_LEAD_MS);
  body.timestamp = new Date(end - TRIAL_WINDOW.days * 86_400_000).toISOString();
  Object.defineProperty(body, 'stamped', { value: true });
}
