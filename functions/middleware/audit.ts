import type { Scope } from '../../schemas/access-key.ts';
import type { AuditAction, AuditEntry } from '../../schemas/stream/audit.ts';
import { maskAddress } from '../../shared/clean/mask-ip.ts';
import type { WriteAudit } from '../adapters/audit-trail.ts';
import type { KnownKey } from './access-keys.ts';
import { auditNotWritten } from './audit-not-written.ts';
import type { HttpEvent, HttpResponse } from './http.ts';
import { ProblemError } from './problem.ts';

/** Writes down what operations do. */
export interface AuditTrail {
  readonly write: WriteAudit;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other call answers. */
  readonly newId: () => string;
  /** Namespace of the metric that counts entries which could not be written. */
  readonly namespace: string;
}

/** What of an operation is written down; `Request` is what the operation is given. */
export interface Audited<Request> {
  readonly action: AuditAction;
  readonly targetType: AuditEntry['targetType'];
  /** Ids of what it is done to; of people hashes. `answer` is there when it was done. */
  targets(request: Request, answer: HttpResponse | undefined): readonly string[];
  /**
   * Whether it stands there before it is begun, and nothing is begun unless it does.
   *
   * @default false: it is written when it was done, and stands though that cannot be written
   */
  readonly isFirst?: boolean;
}

interface Caller {
  readonly key: KnownKey;
  readonly scope: Scope;
}

const callers = new WeakMap<HttpEvent, Caller>();

/** Remembers whose request it is, until it is answered. */
export const noteCaller = (event: HttpEvent, caller: Caller): unknown => callers.set(event, caller);

/** The space to whose people the caller is limited. */
export const spaceOfCaller = (event: HttpEvent): string | undefined => callers.get(event)?.key.space;

/** Who did it, where nobody is known. */
export const NOBODY = 'nobody';

/** Most ids of one entry. */
const MOST_TARGETS = 20;

/** Does what `run` does, and writes down who did it and what came of it. Throws what `run` throws. */
export async function audited<Request extends { readonly event: HttpEvent }>(
  { write, clock, newId, namespace }: AuditTrail,
  { action, targetType, isFirst = false, ...rule }: Audited<Request>,
  request: Request,
  run: () => Promise<HttpResponse> | HttpResponse,
): Promise<HttpResponse> {
  const { event } = request;
  const entry = (outcome: string, answer?: HttpResponse): AuditEntry => {
    const ids = rule.targets(request, answer);
    const ip = maskAddress(event.requestContext.http.sourceIp);
    const { key, scope } = callers.get(event) ?? {};
    return {
      id: newId(),
      at: clock(),
      actor: key?.id ?? NOBODY,
      actorType: key?.isToken ? 'token' : 'key',
      ...(ip && { ip }),
      action,
      targetType,
      ...(ids.length > 0 && { target: ids.slice(0, MOST_TARGETS).join(',') }),
      outcome,
      ...(scope && { scope }),
      requestId: event.requestContext.requestId,
    };
  };
  const { requestId } = event.requestContext;
  /** What was done stays done. */
  const notWritten = (error: unknown) => auditNotWritten({ namespace, time: clock(), action, requestId }, error);
  if (isFirst)
    await write([entry('asked')]).catch((error) => {
      notWritten(error);
      refuse(error);
    });
  try {
    const answer = await run();
    await write([entry('done', answer)]).catch(notWritten);
    return answer;
  } catch (error) {
    const code = error instanceof ProblemError ? error.code : 'internal_error';
    await write([entry(code)]).catch(notWritten);
    throw error;
  }
}

function refuse(cause: unknown): never {
  const detail =
    'Nothing was done, because it could not be written down who asked for it. Send the request again after Retry-After seconds.';
  throw new ProblemError('not_stored', detail, { cause, headers: { 'retry-after': '5' } });
}
