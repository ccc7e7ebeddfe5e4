import path from 'node:path';
import type { AwsAnswer, AwsCall, LocalService } from '../gateway/types.ts';
import { continuousBackups } from './dynamodb/continuous-backups.ts';
import type { TableStore } from './dynamodb/drafting.ts';
import { endIterators, type RangeReader } from './dynamodb/end-iterators.ts';
import { type ItemHistory, type ItemLevel, keepItemHistory } from './dynamodb/item-history.ts';
import { type BatchWriter, putTogether } from './dynamodb/put-together.ts';
import { type ExpressionParser, rememberExpressions } from './dynamodb/remember-expressions.ts';
import { rememberTables, type Tables } from './dynamodb/remember-tables.ts';
import { knowTokens } from './dynamodb/transaction-tokens.ts';
import { transactions } from './dynamodb/transactions.ts';
import { errorOf, jsonAnswer } from './errors.ts';
import { type Emulator, inputOf, levelService, loadEmulator, openFolder } from './level-emulator.ts';

type Read = (key: string, done: (error: unknown, value?: unknown) => void) => void;

interface Store extends TableStore {
  readonly db: BatchWriter &
    RangeReader & {
      open(): Promise<void>;
      getSync(key: string): unknown;
      get: Read;
      put: ReturnType<typeof putTogether>;
    };
  readonly tableDb: Tables & { awsRegion: string; awsAccountId: string };
  readonly lifecycleManager: { gracefulClose(): Promise<void> };
}

/** DynamoDB by dynalite, kept in `<dataDir>/dynamodb`. Throws `DataFolderError` when that cannot be opened. */
export async function createDynamoDbService({ dataDir }: { readonly dataDir: string }): Promise<LocalService> {
  const folder = path.join(dataDir, 'dynamodb');
  const emulator = loadEmulator<Store>('dynalite');
  const store = await openFolder(folder, async () => {
    const opening = emulator.createStore({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, path: folder });
    await opening.db.open();
    return opening;
  });
  store.db.get = readHere(store.db);
  store.db.put = putTogether(store.db);
  endIterators(store.db);
  const level = store.db as unknown as ItemLevel;
  const history = await keepItemHistory(level);
  rememberTables(store.tableDb);
  rememberExpressions(emulator.moduleAt('db/conditionParser') as ExpressionParser);
  store.tableDb.awsRegion = 'us-east-1';
  store.tableDb.awsAccountId = '000000000000';
  const tokens = await knowTokens(level);
  const added = transactions({ emulator: emulator as Emulator<unknown>, store, level, history, tokens });
  const service = levelService({
    name: 'dynamodb',
    emulator: { ...emulator, operations: new Map([...emulator.operations, ...added]) },
    store,
    folder,
    contextOf: () => store,
    jsonVersion: '1.0',
    close: () => store.lifecycleManager.gracefulClose(),
  });
  return { ...service, handle: (call) => withBackups(service, history, call) };
}

/** Answers what is about recovery itself, and leaves all else to the service. */
async function withBackups(service: LocalService, history: ItemHistory, call: AwsCall): Promise<AwsAnswer> {
  const operations = continuousBackups(history, async (operation, input) => {
    const answer = await service.handle({ ...call, operation, body: Buffer.from(JSON.stringify(input)) });
    if (answer.status >= 300) throw errorOf(answer);
    return JSON.parse(answer.body.toString());
  });
  const own = operations[call.operation as keyof typeof operations];
  return own === undefined ? service.handle(call) : jsonAnswer(await own(inputOf(call)), 200, '1.0');
}

/** Reads in this thread: to have another one do it costs this one several times as much as the read. */
function readHere(db: Pick<Store['db'], 'getSync'>): Read {
  return (key, done) => {
    try {
      const value = db.getSync(key);
      queueMicrotask(() => done(null, value));
    } catch (error) {
      queueMicrotask(() => done(error));
    }
  };
}
