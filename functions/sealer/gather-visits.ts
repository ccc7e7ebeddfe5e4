import { eventsLanded, sealedTwin, visitPartsSealed } from '../../schemas/lake/tables.ts';
import { tableRows } from '../../shared/lake/column-readers.ts';
import { openParquetFile } from '../../shared/lake/parquet/parquet-file.ts';
import { readParquet } from '../../shared/lake/parquet/read-parquet.ts';
import { VisitGatherer } from '../../shared/lake/visits/gather-visits.ts';
import { visitEventColumns, visitEvents } from '../../shared/lake/visits/visit-event.ts';
import { type VisitPart, visitPartReaders } from '../../shared/lake/visits/visit-part.ts';
import type { Reach } from './reach.ts';
import { readAhead } from './read-ahead.ts';
import { partKey } from './seal-table.ts';

/**
 * Gathers the visits of a sealed day anew from its events, which lie by profile and time; answers how many rows they
 * have, or undefined when `mayGoOn` said no. The same events give the same files, and nobody looks at them before the
 * mark moves: so it may stop anywhere, and be done again.
 */
export async function gatherVisits(
  { files, limits }: Reach,
  day: string,
  mayGoOn: () => boolean,
): Promise<number | undefined> {
  const table = sealedTwin(eventsLanded).name;
  const sealed = (await files.list(`${table}/day=${day}/`)).filter(({ key }) => key.endsWith('.parquet'));
  const gatherer = new VisitGatherer();
  let parts = 0;
  let rows = 0;
  let waiting: VisitPart[] = [];
  let part = openParquetFile(visitPartsSealed);
  let pieces: Uint8Array[] = [];

  const addGroup = () => {
    if (waiting.length === 0) return;
    pieces.push(...part.add(tableRows(visitPartsSealed, visitPartReaders, waiting)));
    rows += waiting.length;
    waiting = [];
  };
  const write = async () => {
    addGroup();
    if (pieces.length === 0) return;
    const key = partKey(visitPartsSealed.name, day, parts);
    await files.write(key, Buffer.concat([...pieces, ...part.finish()]));
    parts += 1;
    part = openParquetFile(visitPartsSealed);
    pieces = [];
  };

  for await (const file of readAhead(files, sealed)) {
    for await (const group of readParquet(file, visitEventColumns)) {
      if (!mayGoOn()) return undefined;
      for (const event of visitEvents(group)) waiting.push(...gatherer.add(event));
      if (waiting.length >= limits.groupRows) addGroup();
      if (part.size >= limits.partBytes) await write();
    }
  }
  waiting.push(...gatherer.end());
  await write();
  const known = await files.list(`${visitPartsSealed.name}/day=${day}/`);
  const surplus = known.filter(({ key }) => key >= partKey(visitPartsSealed.name, day, parts));
  if (surplus.length > 0) await files.remove(surplus.map(({ key }) => key));
  return rows;
}
