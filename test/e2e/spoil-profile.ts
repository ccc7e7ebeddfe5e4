import { decodeProfile, encodeProfile } from '../../shared/profile/state.ts';
import type { Headwater } from './headwater.ts';

/** Spoils what is stored of a key's events, as a fold with a fault would have. */
export async function spoilProfile({ runtime }: Headwater, key: string): Promise<void> {
  const { gateway, outputs } = runtime;
  const TableName = outputs.ProfilesTable;
  const call = <T>(operation: string, input: object) => gateway.invoke<T>('tool', 'dynamodb', operation, input);
  type Item = Record<string, { S?: string; N?: string; B?: string }>;
  const { Item: item } = await call<{ Item: Item }>('GetItem', { TableName, Key: { id: { S: key } } });
  const bytes = (name: string) => Buffer.from(item[name]?.B ?? '', 'base64');
  const folded = decodeProfile({ format: Number(item.format?.N), state: bytes('state'), ids: bytes('ids') });
  if (folded.profile === undefined) throw new Error(`There are no events of ${key}.`);
  folded.profile.eventCount += 100;
  folded.profile.orders.count = 0;
  folded.profile.orders.known.clear();
  folded.profile.traits.clear();
  folded.profile.counters.clear();
  folded.tracks.clear();
  const { format, state, ids } = encodeProfile(folded);
  const next = {
    ...item,
    version: { N: String(Number(item.version?.N) + 1) },
    format: { N: String(format) },
    state: { B: Buffer.from(state).toString('base64') },
    ids: { B: Buffer.from(ids).toString('base64') },
  };
  await call('PutItem', { TableName, Item: next });
}
