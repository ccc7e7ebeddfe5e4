import type { ResultLocation } from '../../adapters/athena.ts';
import { ResultReader } from '../../adapters/result-reader.ts';
import type { LakeReach } from './types.ts';

/** What a query needs that is waited for. */
export type Asking = Pick<LakeReach, 'athena' | 'database' | 'workGroup' | 'newId'> & {
  readonly pause: (milliseconds: number) => Promise<unknown>;
};

const LOOK_MS = 500;
const ROWS = 1_000;

/** Has Athena answer a query, and waits for its end. `reason` is Athena's own. */
export async function askAthena({ athena, database, workGroup, newId, pause }: Asking, sql: string) {
  const query = await athena.start({ sql, database, workGroup, token: newId() });
  for (;;) {
    const found = await athena.look(query);
    if (found.state === 'succeeded' || found.state === 'failed') return found;
    if (found.state === 'unknown') return { state: 'failed', reason: 'Athena forgot the query.' } as const;
    await pause(LOOK_MS);
  }
}

/** The texts of a result's first column, some at a time. */
export async function* firstColumn(objects: LakeReach['objects'], output: ResultLocation): AsyncGenerator<string[]> {
  const result = new ResultReader(objects, output);
  for (let offset = 0; ; ) {
    const { rows, end } = await result.chunk(offset, ROWS);
    if (rows.length === 0) return;
    yield rows.flatMap(([text]) => text ?? []);
    offset = end;
  }
}
