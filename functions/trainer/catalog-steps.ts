import type { StoredItem } from '../../schemas/catalog.ts';
import { CATALOG_SNAPSHOT } from '../../schemas/lake/catalog-table.ts';
import { itemOf } from '../../shared/catalog/item.ts';
import { changedItems, learntItemsOf } from '../../shared/catalog/learnt-items.ts';
import { learntQuery } from '../../shared/catalog/learnt-sql.ts';
import { ITEMS_A_FILE, snapshotFile, snapshotKey, snapshotMark } from '../../shared/catalog/snapshot.ts';
import { markFile, markKey } from '../../shared/lake/marks.ts';
import type { AthenaRow } from '../adapters/athena.ts';
import { ResultReader } from '../adapters/result-reader.ts';
import { ServiceError } from '../adapters/signed-http.ts';
import type { ShownCatalog } from '../adapters/training-work.ts';
import { startOnce } from './query-steps.ts';
import type { Reach } from './reach.ts';
import type { Step, Training, TrainingStep } from './training.ts';

const MAX_TRIES = 3;
const ROWS_AT_ONCE = 5_000;
const MARGIN_MS = 8 * 86_400_000;
/** The mark is written well before it holds, so that a query that reads it twice finds one value. */
const AHEAD_MS = 2_000;

/** What arrived since the last time, and some days before: a batch of the lake may span some. */
export async function learn(
  props: Reach,
  { version }: Training,
  { tries }: Step<'learn'>,
  { learntAt }: Partial<ShownCatalog> = {},
): Promise<TrainingStep> {
  const fromDay = learntAt === undefined ? undefined : new Date(learntAt - MARGIN_MS).toISOString().slice(0, 10);
  const query = await startOnce(props, learntQuery(fromDay), version, 'learn', tries);
  return { name: 'learning', query, tries };
}

/** Undefined while the query runs. What cannot be learnt does not hold a training up: the catalog stays as it was. */
export async function learning(props: Reach, { query, tries }: Step<'learning'>): Promise<TrainingStep | undefined> {
  const found = await props.athena.look(query);
  if (found.state === 'running') return undefined;
  if (found.state === 'succeeded') return { name: 'learnt', file: found.output };
  if (tries < MAX_TRIES) return { name: 'learn', tries: tries + 1 };
  props.log('error', 'What events tell of items was not learnt: the query failed.', { code: 'learning_failed', query });
  return { name: 'snapshot', snapshotAt: props.clock(), isLearnt: false };
}

export async function learnt({ objects, catalog, clock }: Reach, { file }: Step<'learnt'>): Promise<TrainingStep> {
  const reader = new ResultReader(objects, file);
  const rows: AthenaRow[] = [];
  try {
    for (let offset = 0; ; ) {
      const chunk = await reader.chunk(offset, ROWS_AT_ONCE);
      if (chunk.rows.length === 0) break;
      rows.push(...chunk.rows);
      offset = chunk.end;
    }
  } catch (error) {
    if (error instanceof ServiceError && error.name === 'NoSuchKey') return { name: 'learn', tries: 1 };
    throw error;
  }
  const scanned: StoredItem[] = [];
  for await (const page of catalog.scan()) scanned.push(...page);
  await catalog.learn(changedItems(scanned, learntItemsOf(rows)), clock());
  return { name: 'snapshot', snapshotAt: clock(), isLearnt: true };
}

/** All items into files that nothing shows yet. */
export async function snapshot(
  { catalog, files }: Reach,
  { snapshotAt, isLearnt }: Step<'snapshot'>,
): Promise<Step<'show'>> {
  const keys: string[] = [];
  let items: StoredItem[] = [];
  const write = async () => {
    const key = snapshotKey(snapshotAt, keys.length);
    await files.write(key, snapshotFile(items.map(itemOf), snapshotAt));
    keys.push(key);
    items = [];
  };
  for await (const page of catalog.scan()) {
    items.push(...page);
    if (items.length >= ITEMS_A_FILE) await write();
  }
  if (items.length > 0 || keys.length === 0) await write();
  return { name: 'show', snapshotAt, isLearnt, keys };
}

/** Has the view show the snapshot, and deletes the one before the last. */
export async function show(
  { files, clock, pause }: Reach,
  { startedAt }: Training,
  { snapshotAt, isLearnt, keys }: Step<'show'>,
  shown: ShownCatalog | undefined,
): Promise<ShownCatalog> {
  const effectiveAt = shown === undefined ? snapshotAt : clock() + AHEAD_MS;
  const mark = { value: snapshotMark(snapshotAt), effectiveAt };
  const history = [...(shown ? [shown.mark] : []), mark];
  await files.write(markKey(CATALOG_SNAPSHOT), markFile(CATALOG_SNAPSHOT, history));
  if (shown !== undefined) await pause(effectiveAt - clock());
  if (shown !== undefined) await files.remove(shown.replaced);
  const learntAt = isLearnt ? startedAt : shown?.learntAt;
  return { snapshotAt, mark, keys, replaced: shown?.keys ?? [], ...(learntAt !== undefined && { learntAt }) };
}
