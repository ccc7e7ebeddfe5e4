import type { CatalogItemView } from '../../schemas/api/catalog.ts';
import { catalogRoutes } from '../../schemas/api/catalog-routes.ts';
import type { CatalogChange, StoredItem } from '../../schemas/catalog.ts';
import { itemOf, learntNames } from '../../shared/catalog/item.ts';
import type { CatalogStore } from '../adapters/catalog-store.ts';
import { readCursor, writeCursor } from '../adapters/cursor.ts';
import { errorFields, log } from '../adapters/log.ts';
import type { AuditTrail } from '../middleware/audit.ts';
import { withCursor } from '../middleware/cursor-problem.ts';
import { type HttpHandler, json } from '../middleware/http.ts';
import { type AuditedOperations, httpApi, type OperationRequest } from '../middleware/http-api.ts';
import type { KeyCheck } from '../middleware/key-check.ts';
import { ProblemError } from '../middleware/problem.ts';

export interface CatalogApiProps {
  readonly catalog: Pick<CatalogStore, 'get' | 'list' | 'put'>;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  readonly apiKeys: KeyCheck;
  readonly audit: AuditTrail;
}

type Nothing = Readonly<Record<string, never>>;
type ById = { readonly id: string };
type Page = { readonly limit: number; readonly cursor?: string };
type Changes = { readonly items: readonly CatalogChange[] };

/** Name of the list in its cursors. */
const LIST = 'catalog';

/** Changes of items, as the audit log has them. */
const auditedChanges: AuditedOperations = {
  putCatalogItems: {
    action: 'catalog.put',
    targetType: 'item',
    targets({ body }: OperationRequest<Nothing, Nothing, Changes>) {
      return body.items.map(({ itemId }) => itemId);
    },
  },
};

/** Makes the handler that takes and shows the items of the catalog. */
export function createCatalogApi({ catalog, clock, apiKeys, audit }: CatalogApiProps): HttpHandler {
  return httpApi({
    endpoints: catalogRoutes,
    apiKeys,
    audit: { trail: audit, operations: auditedChanges },
    operations: {
      async putCatalogItems({ body: { items } }: OperationRequest<Nothing, Nothing, Changes>) {
        try {
          await catalog.put(items, clock());
        } catch (cause) {
          log('error', 'Items could not be stored.', { code: 'catalog_not_stored', ...errorFields(cause) });
          const detail = `Not all of the ${items.length} items could be stored. Send the same request again: it does no harm to those that were.`;
          throw new ProblemError('not_stored', detail, { cause, headers: { 'retry-after': '2' } });
        }
        return json(200, { items: items.length });
      },

      async listCatalogItems({ query: { limit, cursor } }: OperationRequest<Nothing, Page>) {
        const after = cursor === undefined ? undefined : await withCursor(() => readCursor(LIST, cursor));
        const { items, hasMore } = await catalog.list(limit, after);
        const last = items.at(-1);
        const nextCursor = hasMore && last ? writeCursor(LIST, last.itemId) : null;
        return json(200, { items: items.map(viewOf), nextCursor });
      },

      async getCatalogItem({ params: { id } }: OperationRequest<ById>) {
        const stored = await catalog.get(id);
        if (stored === undefined) {
          const detail = `There is no item ${id}: PUT /v1/catalog/items makes one, and events make one within a day.`;
          throw new ProblemError('item_not_found', detail);
        }
        return json(200, viewOf(stored));
      },
    },
  });
}

function viewOf(stored: StoredItem): CatalogItemView {
  const { tags, updatedAt, ...item } = itemOf(stored);
  return {
    ...item,
    ...(tags && { tags: [...tags] }),
    updatedAt: new Date(updatedAt).toISOString(),
    learnt: learntNames(stored),
  };
}
