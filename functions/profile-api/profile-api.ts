import { profileRoutes } from '../../schemas/api/profile-routes.ts';
import type { TransitionView } from '../../schemas/segment/view.ts';
import type { Key, Transition } from '../../schemas/stream/control.ts';
import { rawIdOf } from '../../shared/identity/keys.ts';
import { keyIn, spaceByStart } from '../../shared/identity/spaces.ts';
import { identityView } from '../../shared/identity/view.ts';
import { registerId } from '../../shared/privacy/register.ts';
import { startOfLine } from '../../shared/profile/recent-events.ts';
import { CursorError, recentPage } from '../../shared/profile/recent-page.ts';
import { viewOf } from '../../shared/profile/view.ts';
import type { CompiledCatalog } from '../../shared/segments/compile-catalog.ts';
import type { AudienceLists } from '../adapters/audience-lists.ts';
import type { ControlStream } from '../adapters/control-stream.ts';
import { type FoundPerson, findNamed, keysNamed } from '../adapters/person.ts';
import type { ProfileStore } from '../adapters/profile-store.ts';
import { NotStoredError, type PutRecords, storeInOrder } from '../adapters/store-in-order.ts';
import type { AuditTrail } from '../middleware/audit.ts';
import { withCursor } from '../middleware/cursor-problem.ts';
import { type HttpHandler, json } from '../middleware/http.ts';
import { type AuditedOperations, httpApi, type OperationRequest } from '../middleware/http-api.ts';
import type { KeyCheck } from '../middleware/key-check.ts';
import { invalidParameter } from '../middleware/parameters.ts';
import { ProblemError } from '../middleware/problem.ts';
import { consentEvent, keysWithEvents } from './consent-event.ts';
import { explainMembership } from './explain-membership.ts';
import { splitOf } from './split.ts';
import { identityWithin, viewWithin } from './within-space.ts';

export interface ProfileApiProps {
  readonly store: Pick<ProfileStore, 'read'>;
  readonly lists: Pick<AudienceLists, 'listTransitions'>;
  /** The segments as of now. */
  readonly catalog: () => Promise<CompiledCatalog>;
  readonly stream: ControlStream;
  readonly put: PutRecords;
  /**
   * Spaces of the stage.
   *
   * @default none
   */
  readonly spaces?: readonly string[];
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A text that no other call answers. */
  readonly newId: () => string;
  readonly apiKeys: KeyCheck;
  readonly audit: AuditTrail;
}

type ById = { readonly id: string };
type Page = { readonly limit: number; readonly cursor?: string };
type Nothing = Readonly<Record<string, never>>;

/** How long a change is offered to the stream: callers wait 10 s at most. */
const STORE_MS = 6_000;

const ofPerson = ({ params, space }: OperationRequest) => [registerId(keysNamed(String(params.id), space)[0] as Key)];

/** Changes to people, as the audit log has them. */
const auditedChanges: AuditedOperations = {
  splitProfile: { action: 'profile.split', targetType: 'person', targets: ofPerson },
  putConsent: { action: 'consent.put', targetType: 'person', targets: ofPerson },
};

/** Makes the handler that answers for people and takes changes to them. */
export function createProfileApi(props: ProfileApiProps): HttpHandler {
  const { store, lists, clock, newId, apiKeys } = props;
  const spaceOf = spaceByStart(props.spaces ?? []);

  const personOf = async ({ params, space }: Pick<OperationRequest<ById>, 'params' | 'space'>): Promise<FoundPerson> =>
    (await findNamed(store, params.id, space)) ?? notFound();

  return httpApi({
    endpoints: profileRoutes,
    apiKeys,
    audit: { trail: props.audit, operations: auditedChanges },
    operations: {
      async getProfile(request: OperationRequest<ById>) {
        const { home, parts, profile } = await personOf(request);
        const memberships = [...(parts.get(home)?.audience.memberships ?? [])];
        const byId = new Map(memberships.sort(([one], [other]) => (one < other ? -1 : 1)));
        return json(200, viewWithin(request.space, viewOf(profile, clock(), byId)));
      },

      async listProfileEvents(request: OperationRequest<ById, Page>) {
        return json(200, eventsOf(await personOf(request), request.query));
      },

      async getIdentity(request: OperationRequest<ById>) {
        const { home, parts, profile } = await personOf(request);
        const keys = Array.from(parts, ([key, { identity: node, profile: part }]) => {
          return { key, node, eventCount: part?.eventCount ?? 0, firstSeen: part?.firstSeen, lastSeen: part?.lastSeen };
        });
        return json(200, identityWithin(request.space, identityView(profile.profileId, home, keys)));
      },

      async listTransitions(request: OperationRequest<ById, Page>) {
        const { profile } = await personOf(request);
        const { items, nextCursor } = await withCursor(() => lists.listTransitions(profile.profileId, request.query));
        return json(200, { items: items.map(transitionView), nextCursor });
      },

      async explainSegment({ params, space }: OperationRequest<ById & { readonly segmentId: string }>) {
        const [person, catalog] = await Promise.all([personOf({ params, space }), props.catalog()]);
        const explanation = explainMembership(catalog, person, params.segmentId, clock());
        if (explanation !== undefined) return json(200, explanation);
        const mend = 'GET /v1/segments lists them; of one that tags, name a value as <id>:<value>.';
        throw new ProblemError('segment_not_found', `There is no segment ${params.segmentId}: ${mend}`);
      },

      async splitProfile(request: OperationRequest<ById, Nothing, { readonly ids: readonly string[] }>) {
        const requestId = newId();
        const ids = request.body.ids.map((id) => keyIn(request.space, id));
        const records = splitOf(await personOf(request), ids, { requestId, time: clock() });
        await stored((deadline) => props.stream.publish(records, deadline));
        return json(202, { requestId });
      },

      async putConsent({ params, body, space }: OperationRequest<ById, Nothing, Readonly<Record<string, boolean>>>) {
        const messageId = `consent-${newId()}`;
        const keys = await keysForEvents(store, params.id, space);
        const time = clock();
        const records = keys.map((key, at) =>
          consentEvent({
            key,
            space: spaceOf(rawIdOf(key)),
            purposes: body,
            messageId: at === 0 ? messageId : `${messageId}-${at}`,
            time,
          }),
        );
        await stored((deadline) => storeInOrder(props.put, records, deadline));
        return json(202, { messageId });
      },
    },
  });
}

function notFound(): never {
  throw new ProblemError(
    'profile_not_found',
    'No event of this id has arrived. Give a userId, or anonymous:<anonymousId>, percent-encoded.',
  );
}

/**
 * The keys under which a choice of somebody is sent: all that events can have, the asked one first, so that it holds for
 * each of their devices. Of an id that nobody knows yet, itself.
 */
async function keysForEvents(
  store: ProfileApiProps['store'],
  id: string,
  space: string | undefined,
): Promise<readonly Key[]> {
  const named = keysNamed(id, space);
  const person = await findNamed(store, id, space);
  if (person) {
    const keys = keysWithEvents([person.asked, ...person.parts.keys()]);
    return keys.length === 0 ? notFound() : keys;
  }
  // What can only be an e-mail address or the like is nobody's userId.
  return named.length > 1 ? notFound() : [named[0] as Key];
}

/** Recent events of all keys, each message once. */
function eventsOf({ parts, profile }: FoundPerson, { limit, cursor }: Page) {
  const lines = Array.from(parts.values(), (part) => part.profile?.recent ?? []).flat();
  const byStart = new Map(lines.map((line) => [startOfLine(line), line]));
  const recent = parts.size > 1 ? [...byStart.values()].sort() : profile.recent;
  try {
    return recentPage({ ...profile, recent }, limit, cursor);
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw invalidParameter([{ path: 'cursor', message: error.message }], error);
  }
}

function transitionView({ id, n, segmentId, version, to, at, cause }: Transition): TransitionView {
  return { id, n, segmentId, version, to, at: new Date(at).toISOString(), cause };
}

async function stored(store: (deadline: number) => Promise<void>): Promise<void> {
  try {
    await store(Date.now() + STORE_MS);
  } catch (cause) {
    if (!(cause instanceof NotStoredError)) throw cause;
    const code = cause.throttled ? 'too_many_requests' : 'not_stored';
    const detail = 'The change could not be stored now. Send the same request again after Retry-After seconds.';
    throw new ProblemError(code, detail, { cause, headers: { 'retry-after': cause.throttled ? '2' : '5' } });
  }
}
