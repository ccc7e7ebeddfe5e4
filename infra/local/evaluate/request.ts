import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { misread, UsageError } from '../errors.ts';
import { wholeOption } from '../number-option.ts';

export const usage = `Usage: npm run evaluate -- --train TRAIN.csv --test TEST.csv [options]

Trains recommendations on a file by the SQL that trains them on the lake, ranks items for the people of another file by
the code that serves, and measures how well that foretells their items.

Columns: user_id, item_id, timestamp (optional: seconds or milliseconds since 1970, or ISO 8601), weight (optional, above 0).

  --k N               rank up to which is measured (default 20)
  --sequential        foretell what comes next after a history: order and direction count (needs timestamps)
  --out FILE          write the ranked lists: user_id, item_id, rank from 1
  --model NAME        tuned, untuned, cosine: plain item-KNN, ease: the inverse of what items have in common, for up
                      to 10,000 items, or best: of tuned and, for up to 4,000 items, ease (default best)
  --tuning-seconds N  how long tuning may take (default 120); 0 takes the untuned form
  --neighbours N      most neighbours of an item (default 1000)
  --seed N            another sample of people to tune on (default 1)
  --memory SIZE       limit of the SQL engine (default 3GB); what does not fit goes to disk
  --json              print the result as JSON
  --help              print this text`;

const models = ['best', 'tuned', 'untuned', 'cosine', 'ease'] as const;

export interface EvaluateRequest {
  readonly train: string;
  readonly test: string;
  readonly k: number;
  readonly sequential: boolean;
  readonly out: string | undefined;
  readonly model: (typeof models)[number];
  readonly tuningSeconds: number;
  readonly neighbours: number;
  readonly seed: number;
  readonly memory: string;
  readonly json: boolean;
}

/** Reads the command line of `npm run evaluate`; undefined when it asks for help. Throws `UsageError`. */
export function readRequest(args: readonly string[]): EvaluateRequest | undefined {
  const values = parsed(args);
  if (values.help) return undefined;
  const file = (name: 'train' | 'test') => {
    const given = values[name];
    if (given === undefined) throw new UsageError(`--${name} is missing: name a CSV file.\n\n${usage}`);
    if (!existsSync(given)) throw new UsageError(`--${name}: there is no file ${resolve(given)}.`);
    return resolve(given);
  };
  if (!/^\d+(\.\d+)?\s?(MB|GB)$/i.test(values.memory)) {
    throw new UsageError(`--memory takes a size such as 3GB, not '${values.memory}'.`);
  }
  return {
    train: file('train'),
    test: file('test'),
    k: wholeOption('k', values.k, 1, 1000),
    sequential: values.sequential,
    out: values.out === undefined ? undefined : resolve(values.out),
    model: modelOf(values.model),
    tuningSeconds: wholeOption('tuning-seconds', values['tuning-seconds'], 0, 36_000),
    neighbours: wholeOption('neighbours', values.neighbours, 1, 10_000),
    seed: wholeOption('seed', values.seed, 0, 1_000_000),
    memory: values.memory,
    json: values.json,
  };
}

function modelOf(text: string): EvaluateRequest['model'] {
  const model = models.find((name) => name === text);
  if (model === undefined) throw new UsageError(`--model takes ${models.join(', ')}, not '${text}'.`);
  return model;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        train: { type: 'string' },
        test: { type: 'string' },
        k: { type: 'string', default: '20' },
        sequential: { type: 'boolean', default: false },
        out: { type: 'string' },
        model: { type: 'string', default: 'best' },
        'tuning-seconds': { type: 'string', default: '120' },
        neighbours: { type: 'string', default: '1000' },
        seed: { type: 'string', default: '1' },
        memory: { type: 'string', default: '3GB' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw misread(error, usage);
  }
}
