import type { CatalogBody } from '../../shared/segments/catalog-body.ts';
import { ChangeRefusedError } from '../../shared/segments/change-refused.ts';
import type { InvokeLater } from '../adapters/lambda-invoke.ts';
import { errorFields, log } from '../adapters/log.ts';
import { CatalogTooLargeError, type SegmentCatalog } from '../adapters/segment-catalog.ts';
import { invalidBody } from '../middleware/body.ts';
import { ProblemError } from '../middleware/problem.ts';

/** Changes that come at the same moment: each but one begins anew. */
const MAX_CONFLICTS = 8;

/**
 * Makes a change of the catalog, on the latest one, and has the backfill run. When that cannot be told to run now, the
 * schedule has it run within a minute. Throws the problem that the change is refused with.
 */
export async function changeCatalog<T extends { readonly body: CatalogBody }>(
  catalog: SegmentCatalog,
  backfill: InvokeLater,
  change: (body: CatalogBody) => T,
): Promise<T> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const latest = await catalog.read();
    const changed = refusedAsProblem(() => change(latest.body));
    if (changed.body === latest.body) return changed;
    if ((await saved(() => catalog.save(latest, changed.body))) === undefined) continue;
    await backfill().catch((error) => {
      log('warn', 'The backfill was not told to run; it runs by its schedule.', {
        code: 'backfill_not_invoked',
        ...errorFields(error),
      });
    });
    return changed;
  }
  throw new ProblemError('not_stored', 'Others changed segments at the same moment, again and again. Send it again.', {
    headers: { 'retry-after': '1' },
  });
}

/** What `make` gives; a change that the catalog refuses becomes a problem. */
export function refusedAsProblem<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ChangeRefusedError)) throw error;
    throw error.errors ? invalidBody(error.errors) : new ProblemError(error.code, error.message, { cause: error });
  }
}

async function saved(save: () => Promise<number | undefined>): Promise<number | undefined> {
  try {
    return await save();
  } catch (error) {
    if (!(error instanceof CatalogTooLargeError)) throw error;
    const detail = `${error.message} Delete segments that nobody needs, or shorten long lists of values.`;
    throw new ProblemError('too_many_segments', detail, { cause: error });
  }
}
