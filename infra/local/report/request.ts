import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ReportParameter } from '../../../schemas/report/report.ts';
import { reports } from '../../../schemas/report/reports.ts';
import { misread, UsageError } from '../errors.ts';

export const usage = `Usage: npm run report -- [NAME] [--from DAY] [--to DAY] [--segment ID] [options]

Answers a report of the lake as a table and a chart; without NAME, lists the reports.
Each parameter of a report is an option: npm run report -- NAME --help lists those of one.

  --data DIR    the local data folder (default .headwater), whether or not the runtime is up on it
  --stage NAME  ask a deployed stage on AWS instead, with your AWS credentials
  --url URL     ask the API of a stage instead, with --key KEY or the variable HEADWATER_API_KEY
  --json        print the answer as JSON
  --csv         print CSV
  --svg FILE    write the chart to a file
  --help        print this text`;

export interface ReportRequest {
  readonly name: string;
  /** Each parameter with every value that it was given. */
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly format: 'screen' | 'json' | 'csv' | 'svg';
  /** Where the chart goes. */
  readonly file: string | undefined;
  readonly source:
    | { readonly kind: 'local'; readonly dataDir: string }
    | { readonly kind: 'stage'; readonly stage: string }
    | { readonly kind: 'api'; readonly url: string; readonly key: string };
}

export type Asked =
  | { readonly kind: 'list' }
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'report'; readonly request: ReportRequest };

/** Reads the command line of `npm run report`. Throws `UsageError`. */
export function readRequest(args: readonly string[], env: NodeJS.ProcessEnv): Asked {
  const { values, positionals } = parsed(args);
  const [name, ...rest] = positionals;
  if (rest.length > 0)
    throw new UsageError(`One report at a time: ${positionals.join(', ')} are ${positionals.length}.`);
  if (values.help) return { kind: 'help', text: helpOf(name) };
  if (name === undefined) return { kind: 'list' };
  const formats = [values.json && 'json', values.csv && 'csv', values.svg !== undefined && 'svg'].filter(Boolean);
  if (formats.length > 1) throw new UsageError(`Give --${formats.join(' or --')}, not both.`);
  const parameters = Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (Array.isArray(value) ? [[key, value as string[]]] : [])),
  );
  const format = (formats[0] ?? 'screen') as ReportRequest['format'];
  const file = values.svg as string | undefined;
  const folder = file === undefined ? undefined : dirname(resolve(file));
  if (folder !== undefined && !existsSync(folder)) throw new UsageError(`--svg: there is no folder ${folder}.`);
  const source = sourceOf(values as unknown as Sources, env);
  return { kind: 'report', request: { name, parameters, format, file, source } };
}

interface Sources {
  readonly data: string;
  readonly stage?: string;
  readonly url?: string;
  readonly key?: string;
}

function sourceOf({ data, stage, url, key }: Sources, env: NodeJS.ProcessEnv): ReportRequest['source'] {
  if (url === undefined) {
    if (key !== undefined) throw new UsageError('--key goes with --url, the address of the API.');
    return stage === undefined ? { kind: 'local', dataDir: resolve(data) } : { kind: 'stage', stage };
  }
  const known = key ?? env.HEADWATER_API_KEY;
  if (!known) throw new UsageError('The API key is missing: give --key, or set HEADWATER_API_KEY.');
  if (!URL.canParse(url)) throw new UsageError(`--url takes an address such as https://api.example.com, not '${url}'.`);
  return { kind: 'api', url, key: known };
}

function parsed(args: readonly string[]) {
  const names = new Set(reports.flatMap(({ parameters }) => parameters.map((parameter) => parameter.name)));
  const parameters = Object.fromEntries([...names].map((name) => [name, { type: 'string', multiple: true } as const]));
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...parameters,
        data: { type: 'string', default: '.headwater' },
        stage: { type: 'string' },
        url: { type: 'string' },
        key: { type: 'string' },
        json: { type: 'boolean', default: false },
        csv: { type: 'boolean', default: false },
        svg: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }) as { values: Record<string, string | boolean | string[] | undefined>; positionals: string[] };
  } catch (error) {
    throw misread(error, usage);
  }
}

function helpOf(name: string | undefined): string {
  const report = reports.find((each) => each.name === name);
  if (!report) return usage;
  const { title, description, parameters } = report;
  return [`${title}: ${description}`, '', ...parameters.map(line)].join('\n');
}

function line(parameter: ReportParameter): string {
  const { name, description } = parameter;
  const values = parameter.type === 'choice' ? ` One of ${parameter.values.join(', ')}.` : '';
  const fallback = 'default' in parameter && parameter.default !== undefined ? ` Default ${parameter.default}.` : '';
  return `  --${name.padEnd(10)} ${description}${values}${fallback}`;
}
