import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { AwsAnswer, AwsCall, LocalService } from '../gateway/types.ts';
import { AwsError, DataFolderError, jsonAnswer } from './errors.ts';

type Done<Result> = (error: EmulatorError | null, result?: Result | undefined) => void;

/** What kinesalite and dynalite fail with: an answer if the caller is to blame, a plain error otherwise. */
export interface EmulatorError extends Error {
  readonly statusCode?: number;
  readonly body?: object;
}

/** One operation of an emulator: how its input is checked, and what it does. */
export interface Operation {
  readonly types: object;
  readonly custom?: unknown;
  readonly run: (store: unknown, input: object, done: Done<object>) => void;
}

/** The modules that kinesalite and dynalite have in common; their HTTP servers are left out. */
export interface Emulator<Store> {
  readonly createStore: (options: object) => Store;
  readonly checkTypes: (input: unknown, types: object) => object;
  readonly checkValidations: (input: object, types: object, custom: unknown, context: unknown) => void;
  readonly operations: ReadonlyMap<string, Operation>;
  /** One of its modules, by its path in the package. */
  readonly moduleAt: (path: string) => unknown;
}

export function loadEmulator<Store>(packageName: 'kinesalite' | 'dynalite'): Emulator<Store> {
  const load = createRequire(import.meta.url);
  const folder = path.dirname(load.resolve(`${packageName}/package.json`));
  const validations = load(`${folder}/validations`);
  const operations = readdirSync(path.join(folder, 'actions'))
    .map((file) => path.basename(file, '.js'))
    .map((name): [string, Operation] => {
      const { types, custom } = load(`${folder}/validations/${name}`);
      return [name[0]?.toUpperCase() + name.slice(1), { types, custom, run: load(`${folder}/actions/${name}`) }];
    });
  return {
    createStore: load(`${folder}/db`).create,
    checkTypes: validations.checkTypes,
    checkValidations: validations.checkValidations,
    operations: new Map(operations),
    moduleAt: (path) => load(`${folder}/${path}`),
  };
}

export interface LevelServiceOptions<Store> {
  readonly name: string;
  readonly emulator: Emulator<Store>;
  readonly store: Store;
  /** What the emulator's own checks need beside the input. */
  readonly contextOf: (operation: string) => unknown;
  readonly jsonVersion: '1.0' | '1.1';
  readonly folder: string;
  close(): Promise<void>;
}

/** Serves an emulator's operations from its store in this process, without a second HTTP hop. */
export function levelService<Store>(options: LevelServiceOptions<Store>): LocalService {
  const { emulator, store } = options;
  return {
    name: options.name,
    close: options.close,
    handle: async (call) => {
      const operation = emulator.operations.get(call.operation);
      if (!operation) {
        throw new AwsError('UnknownOperationException', `${options.name} has no local operation ${call.operation}`);
      }
      try {
        const input = emulator.checkTypes(inputOf(call), operation.types);
        emulator.checkValidations(input, operation.types, operation.custom, options.contextOf(call.operation));
        const output = await new Promise<object | undefined>((resolve, reject) => {
          operation.run(store, input, (error, result) => (error ? reject(error) : resolve(result)));
        });
        return jsonAnswer(output, 200, options.jsonVersion);
      } catch (error) {
        return refusal(error as EmulatorError, options);
      }
    },
  };
}

/** Reads a call's input. Throws `SerializationException`. */
export function inputOf(call: AwsCall): unknown {
  try {
    return JSON.parse(call.body.toString());
  } catch (cause) {
    throw new AwsError('SerializationException', `The body is not JSON: ${(cause as Error).message}`);
  }
}

function refusal(
  error: EmulatorError,
  options: Pick<LevelServiceOptions<unknown>, 'jsonVersion' | 'folder'>,
): AwsAnswer {
  if (error.statusCode) return jsonAnswer(error.body, error.statusCode, options.jsonVersion);
  if (/corrupt|checksum|decode/i.test(error.message)) throw damaged(options.folder, error);
  throw error;
}

/** Runs what opens a LevelDB folder and names the folder when it cannot be opened. */
export async function openFolder<Store>(folder: string, open: () => Promise<Store>): Promise<Store> {
  try {
    await mkdir(folder, { recursive: true });
    return await open();
  } catch (error) {
    const causes = [error, (error as Error).cause]
      .map((cause) => (cause as Error | undefined)?.message ?? '')
      .join(' ');
    if (!/lock/i.test(causes)) throw damaged(folder, error as Error);
    const message = `The data folder ${folder} is in use by another process: stop that one, or pass another --data`;
    throw new DataFolderError(message, { cause: error });
  }
}

function damaged(folder: string, cause: Error): DataFolderError {
  const reason = (cause.cause as Error | undefined)?.message ?? cause.message;
  return new DataFolderError(
    `The data folder ${folder} cannot be used (${reason}): if it is damaged, delete it, or pass another --data`,
    {
      cause,
    },
  );
}
