import { privacyRoutes } from '../../schemas/api/privacy-routes.ts';
import { EXPORT_DAYS, LINK_SECONDS, type PrivacyRequest, type PrivacyRequestType } from '../../schemas/privacy.ts';
import { registerId } from '../../shared/privacy/register.ts';
import type { InvokeLater } from '../adapters/lambda-invoke.ts';
import { errorFields, type log } from '../adapters/log.ts';
import type { LinkTo } from '../adapters/presigned-link.ts';
import type { PrivacyRegister } from '../adapters/privacy-register.ts';
import type { PrivacyRequests } from '../adapters/privacy-requests.ts';
import type { AuditTrail } from '../middleware/audit.ts';
import { type HttpHandler, json } from '../middleware/http.ts';
import { type AuditedOperations, httpApi, type OperationRequest } from '../middleware/http-api.ts';
import type { KeyCheck } from '../middleware/key-check.ts';
import { ProblemError } from '../middleware/problem.ts';
import { keysOf, type Names } from './keys-of.ts';

export interface PrivacyApiProps {
  readonly requests: Pick<PrivacyRequests, 'create' | 'read' | 'open'>;
  readonly register: Pick<PrivacyRegister, 'read' | 'lift'>;
  readonly linkTo: LinkTo;
  /** Has the worker look for requests. */
  readonly wake: InvokeLater;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other call answers, and that nobody guesses. */
  readonly newId: () => string;
  readonly apiKeys: KeyCheck;
  readonly audit: AuditTrail;
  readonly log: typeof log;
}

type Nothing = Readonly<Record<string, never>>;

const person = {
  targetType: 'person',
  targets({ body, space }: OperationRequest<Nothing, Nothing, Names>) {
    return keysOf(body, space).map(registerId);
  },
  isFirst: true,
} as const;

/** What is done to people, as the audit log has it. */
const auditedRequests: AuditedOperations = {
  createErasure: { ...person, action: 'erasure.request' },
  createExport: { ...person, action: 'export.request' },
  deleteSuppressions: { ...person, action: 'suppression.lift' },
};

/** Makes the handler that takes requests for erasures and exports, tells how far they are, and lifts suppressions. */
export function createPrivacyApi(props: PrivacyApiProps): HttpHandler {
  const { requests, register, clock, newId, apiKeys } = props;

  const take = async (type: PrivacyRequestType, names: Names, space: string | undefined, suppress: boolean) => {
    const keys = keysOf(names, space);
    const [id, requestedAt] = [newId(), clock()];
    const limited = space === undefined ? {} : { space };
    await stored(() =>
      requests.create({ id, type, state: 'waiting', step: 'waiting', keys, ...limited, suppress, requestedAt }),
    );
    // The worker's clock finds it within a minute all the same.
    await props.wake().catch((error: unknown) => {
      props.log('warn', 'The worker could not be woken.', {
        code: 'privacy_not_woken',
        request: id,
        ...errorFields(error),
      });
    });
    const url = `/v1/privacy/requests/${id}`;
    return json(202, { id, type, state: 'waiting', requestedAt: iso(requestedAt), url });
  };

  return httpApi({
    endpoints: privacyRoutes,
    apiKeys,
    audit: { trail: props.audit, operations: auditedRequests },
    operations: {
      createErasure({
        body: { suppress, ...names },
        space,
      }: OperationRequest<Nothing, Nothing, Names & { suppress: boolean }>) {
        return take('erasure', names, space, suppress);
      },

      createExport({ body, space }: OperationRequest<Nothing, Nothing, Names>) {
        return take('export', body, space, false);
      },

      async getPrivacyRequest({ params: { id }, space }: OperationRequest<{ readonly id: string }>) {
        const request = await requests.read(id);
        if (request === undefined || (space !== undefined && request.space !== space)) {
          throw new ProblemError('privacy_request_not_found', `There is no request ${id}: take the id of its answer.`);
        }
        return json(200, view(props, request));
      },

      async deleteSuppressions({ body, space }: OperationRequest<Nothing, Nothing, Names>) {
        const keys = keysOf(body, space);
        const underWay = (await requests.open()).find(
          (request) => request.type === 'erasure' && request.keys.some((key) => keys.includes(key)),
        );
        if (underWay !== undefined) {
          const detail = `The erasure ${underWay.id} is under way: lift its suppression when it is done.`;
          throw new ProblemError('erasure_under_way', detail);
        }
        const erased = [...(await register.read(keys))].filter(([, { erased }]) => erased !== undefined);
        await stored(() => register.lift(erased.map(([key]) => key)));
        return json(200, { lifted: erased.length });
      },
    },
  });
}

function view({ linkTo, clock }: PrivacyApiProps, request: PrivacyRequest) {
  const { id, type, state, step, requestedAt, completedAt, receipt, archive, failure } = request;
  const isThere =
    archive !== undefined && completedAt !== undefined && clock() < completedAt + EXPORT_DAYS * 86_400_000;
  const link = isThere ? linkTo(archive, LINK_SECONDS, clock()) : undefined;
  return {
    id,
    type,
    state,
    step,
    requestedAt: iso(requestedAt),
    ...(completedAt !== undefined && { completedAt: iso(completedAt) }),
    ...(receipt && { receipt }),
    ...(link && { download: { url: link.url, expiresAt: iso(link.expiresAt) } }),
    ...(failure !== undefined && { failure }),
  };
}

async function stored(store: () => Promise<void>): Promise<void> {
  try {
    await store();
  } catch (cause) {
    const detail = 'The request could not be stored now. Send it again after Retry-After seconds.';
    throw new ProblemError('not_stored', detail, { cause, headers: { 'retry-after': '5' } });
  }
}

const iso = (time: number): string => new Date(time).toISOString();
