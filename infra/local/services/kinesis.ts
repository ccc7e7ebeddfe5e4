import path from 'node:path';
import type { LocalService } from '../gateway/types.ts';
import { corrected } from './kinesis/corrections.ts';
import { endUnfinishedChanges, type StreamsStore } from './kinesis/unfinished-changes.ts';
import { levelService, loadEmulator, openFolder } from './level-emulator.ts';

interface Store extends StreamsStore {
  readonly db: {
    once(event: 'open' | 'error', listener: (error?: Error) => void): void;
    close(done: (error?: Error) => void): void;
  };
  readonly metaDb: StreamsStore['metaDb'] & { awsRegion: string; awsAccountId: string };
}

/** Kinesis by kinesalite, kept in `<dataDir>/kinesis`. Throws `DataFolderError` when that cannot be opened. */
export async function createKinesisService({ dataDir }: { readonly dataDir: string }): Promise<LocalService> {
  const folder = path.join(dataDir, 'kinesis');
  const emulator = corrected(loadEmulator<Store>('kinesalite'));
  const settings = { createStreamMs: 0, deleteStreamMs: 0, updateStreamMs: 0, shardLimit: 10_000 };
  const store = await openFolder(folder, async () => {
    const opening = emulator.createStore({ ...settings, path: folder });
    await new Promise<void>((resolve, reject) => {
      opening.db.once('open', () => resolve());
      opening.db.once('error', reject);
    });
    await endUnfinishedChanges(opening);
    return opening;
  });
  const { db, metaDb } = store;
  metaDb.awsRegion = 'us-east-1';
  metaDb.awsAccountId = '000000000000';
  return levelService({
    name: 'kinesis',
    emulator,
    store,
    folder,
    contextOf: (operation) => operation,
    jsonVersion: '1.1',
    close: () => new Promise((resolve, reject) => db.close((error) => (error ? reject(error) : resolve()))),
  });
}
