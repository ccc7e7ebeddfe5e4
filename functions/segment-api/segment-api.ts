import { segmentRoutes, type UnnamedDefinition, type UnsavedDefinition } from '../../schemas/api/segment-routes.ts';
import type { SegmentDefinition } from '../../schemas/segment/definition.ts';
import { keyWithin } from '../../shared/identity/spaces.ts';
import { type CatalogBody, type CatalogSegment, latestOf } from '../../shared/segments/catalog-body.ts';
import { createSegment, deleteSegment, replaceSegment } from '../../shared/segments/catalog-changes.ts';
import { slugOf } from '../../shared/segments/slug.ts';
import type { AudienceLists } from '../adapters/audience-lists.ts';
import type { BackfillJobs, HeldJob } from '../adapters/backfill-job.ts';
import { CachedCatalog } from '../adapters/cached-catalog.ts';
import { readCursor, writeCursor } from '../adapters/cursor.ts';
import type { InvokeLater } from '../adapters/lambda-invoke.ts';
import { errorFields, log } from '../adapters/log.ts';
import type { SegmentCatalog } from '../adapters/segment-catalog.ts';
import type { AuditTrail } from '../middleware/audit.ts';
import { invalidBody } from '../middleware/body.ts';
import { withCursor } from '../middleware/cursor-problem.ts';
import { type HttpHandler, json, noContent } from '../middleware/http.ts';
import { type AuditedOperations, httpApi, type OperationRequest } from '../middleware/http-api.ts';
import type { KeyCheck } from '../middleware/key-check.ts';
import { invalidParameter } from '../middleware/parameters.ts';
import { ProblemError } from '../middleware/problem.ts';
import type { AskLake } from './ask-lake.ts';
import { changeCatalog } from './change-catalog.ts';
import { preview, rfmQuintiles, userIdOf } from './lake-answers.ts';
import { segmentDetail, segmentView } from './segment-view.ts';

export interface SegmentApiProps {
  readonly catalog: SegmentCatalog;
  readonly jobs: Pick<BackfillJobs, 'read'>;
  readonly lists: Pick<AudienceLists, 'listMembers' | 'countMembers' | 'countEach' | 'listValues'>;
  readonly ask: AskLake;
  /** Has the backfill run. */
  readonly backfill: InvokeLater;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly apiKeys: KeyCheck;
  readonly audit: AuditTrail;
}

type ById = { readonly id: string };
type Page = { readonly limit: number; readonly cursor?: string };
type IfVersion = { readonly ifVersion?: number };
type Nothing = Readonly<Record<string, never>>;

/** Values of a segment that tags which are shown with it. */
const SHOWN_VALUES = 100;
/** Name of the list of segments in its cursors. */
const SEGMENTS = 'segments';
/** API Gateway waits 30 s for an answer. */
const LONGEST_QUERY_MS = 25_000;
const TIME_FOR_ANSWER_MS = 2_500;

const ofPath = ({ params }: OperationRequest) => [String(params.id)];

/** Changes of definitions, as the audit log has them. */
const auditedChanges: AuditedOperations = {
  createSegment: {
    action: 'segment.create',
    targetType: 'segment',
    targets({ body }: OperationRequest<Nothing, Nothing, UnnamedDefinition>) {
      return [body.id ?? slugOf(body.name)];
    },
  },
  replaceSegment: { action: 'segment.replace', targetType: 'segment', targets: ofPath },
  deleteSegment: { action: 'segment.delete', targetType: 'segment', targets: ofPath },
};

/** Makes the handler that manages segments and answers for their members. */
export function createSegmentApi(props: SegmentApiProps): HttpHandler {
  const { jobs, lists, ask, backfill, clock, apiKeys } = props;
  const catalog = new CachedCatalog(props.catalog);
  const change = <T extends { readonly body: CatalogBody }>(by: (body: CatalogBody) => T) =>
    changeCatalog(props.catalog, backfill, by);

  const countOf = async (segment: CatalogSegment): Promise<number | undefined> =>
    isByValue(segment) ? undefined : await lists.countMembers(segment.id);

  const valuesOf = async (segment: CatalogSegment) => {
    if (!isByValue(segment)) return undefined;
    const all = await lists.listValues(segment.id);
    const values = all.slice(0, SHOWN_VALUES * 2).map((value) => ({ id: `${segment.id}:${value}`, value }));
    const counts = await lists.countEach(values.map(({ id }) => id));
    const counted = values.map((each) => ({ ...each, count: counts.get(each.id) ?? 0 }));
    return counted.sort((one, other) => other.count - one.count).slice(0, SHOWN_VALUES);
  };

  const detail = async (segment: CatalogSegment, held?: HeldJob) =>
    segmentDetail(segment, held, await countOf(segment), await valuesOf(segment));

  const queryTime = (context: OperationRequest['context']): number =>
    Math.min(LONGEST_QUERY_MS, context.getRemainingTimeInMillis() - TIME_FOR_ANSWER_MS);

  return httpApi({
    endpoints: segmentRoutes,
    apiKeys,
    audit: { trail: props.audit, operations: auditedChanges },
    operations: {
      async listSegments({ query: { limit, cursor } }: OperationRequest<Nothing, Page>) {
        const [{ body }, held] = await Promise.all([catalog.read(), jobs.read()]);
        const after = cursor === undefined ? '' : await withCursor(() => readCursor(SEGMENTS, cursor));
        const rest = body.entries.filter(({ id }) => id > after);
        const page = rest.slice(0, limit);
        const counts = await lists.countEach(page.filter((each) => !isByValue(each)).map(({ id }) => id));
        const items = page.map((each) => segmentView(each, held, counts.get(each.id)));
        const last = page.at(-1);
        const nextCursor = last && rest.length > limit ? writeCursor(SEGMENTS, last.id) : null;
        return json(200, { items, nextCursor });
      },

      async createSegment({ body }: OperationRequest<Nothing, Nothing, UnnamedDefinition>) {
        const definition = { ...body, id: body.id ?? slugOf(body.name) } as SegmentDefinition;
        const { segment } = await change((before) => createSegment(before, definition, clock()));
        return json(201, await detail(segment), { location: `/v1/segments/${segment.id}` });
      },

      async getSegment({ params: { id } }: OperationRequest<ById>) {
        const [{ body }, held] = await Promise.all([catalog.read(), jobs.read()]);
        const segment = existing(body, id);
        if (segment.pending && !isWorkedOn(held, clock())) await wake(backfill);
        return json(200, await detail(segment, held));
      },

      async replaceSegment({ params, query, body }: OperationRequest<ById, IfVersion, UnnamedDefinition>) {
        if (body.id !== undefined && body.id !== params.id) {
          throw invalidBody([{ path: 'id', message: `is not ${params.id}, the segment of the path: leave it out` }]);
        }
        const definition = { ...body, id: params.id } as SegmentDefinition;
        const { segment } = await change((before) => replaceSegment(before, definition, clock(), query.ifVersion));
        return json(200, await detail(segment, await jobs.read()));
      },

      async deleteSegment({ params: { id } }: OperationRequest<ById>) {
        await change((before) => ({ body: deleteSegment(before, id) }));
        return noContent;
      },

      async previewSegment({ body, context }: OperationRequest<Nothing, Nothing, UnsavedDefinition>) {
        const latest = await catalog.read();
        return json(200, await preview(ask, latest.body, body, clock(), queryTime(context)));
      },

      async listMembers({ params: { id }, query, space }: OperationRequest<ById, Page>) {
        const [base = '', value] = splitOnce(id);
        const { body } = await catalog.read();
        const isTagged = isByValue(existing(body, base));
        if (!isTagged && value !== undefined) throw notFound(id);
        if (isTagged && value === undefined) {
          const message = `is a segment that tags: name one value, ${id}:<value>, as GET /v1/segments/${id} lists them`;
          throw invalidParameter([{ path: 'id', message }]);
        }
        const page = await withCursor(() => lists.listMembers(id, query, space));
        const items = page.items.map(({ profileId, key: stored, since }) => {
          const key = keyWithin(space, stored);
          return { profileId, key, userId: userIdOf(key), since: new Date(since).toISOString() };
        });
        return json(200, { items, nextCursor: page.nextCursor });
      },

      async getRfmQuintiles({ query, context }: OperationRequest<Nothing, { readonly currency: string }>) {
        return json(200, await rfmQuintiles(ask, query.currency, clock(), queryTime(context)));
      },
    },
  });
}

/** Whether it has members by value, which are counted one by one. */
const isByValue = (segment: CatalogSegment): boolean => latestOf(segment).tags !== undefined;

function existing({ entries }: CatalogBody, id: string): CatalogSegment {
  return entries.find((each) => each.id === id) ?? notFound(id);
}

function notFound(id: string): never {
  throw new ProblemError('segment_not_found', `There is no segment ${id}: GET /v1/segments lists them.`);
}

/** Whoever looks at a segment whose backfill has stopped wakes it, sooner than the schedule does. */
const isWorkedOn = (held: HeldJob | undefined, now: number): boolean => (held?.leaseUntil ?? 0) > now;

async function wake(backfill: InvokeLater): Promise<void> {
  await backfill().catch((error) => {
    log('warn', 'The backfill was not told to run.', { code: 'backfill_not_invoked', ...errorFields(error) });
  });
}

function splitOnce(id: string): [string, string | undefined] {
  const at = id.indexOf(':');
  return at < 0 ? [id, undefined] : [id.slice(0, at), id.slice(at + 1)];
}
