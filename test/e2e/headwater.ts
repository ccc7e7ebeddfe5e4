import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAthena } from '../../functions/adapters/athena.ts';
import { type Runtime, type RuntimeOptions, startRuntime } from '../../infra/local/runtime.ts';
import { synthesize } from '../../infra/local/synthesize.ts';
import { withVariables } from './with-variables.ts';

export const WRITE_KEY = 'wk_local';
export const API_KEY = 'sk_local';

type Row = Record<string, string | null>;

/** A whole Headwater on this machine, on a data folder of its own, as a customer's systems see it. */
export interface Headwater {
  readonly url: string;
  readonly runtime: Runtime;
  readonly dataDir: string;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  get(path: string): Promise<Response>;
  /** A request with the API key; the answer's status and its JSON body. */
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: never }>;
  /** The profile by the API; undefined when there is none. */
  profile(id: string): Promise<Record<string, unknown> | undefined>;
  query(sql: string): Promise<Row[]>;
  /** Waits until every consumer has read all that is in the stream, and what came of it. */
  settled(): Promise<void>;
  /** Kills every sandbox of a function with SIGKILL, and says how many there were. */
  kill(functionName: string): number;
  /** Stops the runtime and starts another on the same data. */
  restart(): Promise<Headwater>;
  stop(): Promise<void>;
}

const outDir = fileURLToPath(new URL('../../cdk.out/local', import.meta.url));

export interface HeadwaterOptions extends Pick<RuntimeOptions, 'sandboxes'> {
  /** Other values of variables, for the functions that have them. */
  readonly variables?: Readonly<Record<string, string>>;
}

export async function startHeadwater(
  dataDir = mkdtempSync(join(tmpdir(), 'headwater-e2e-')),
  { variables, ...options }: HeadwaterOptions = {},
): Promise<Headwater> {
  const { assemblyDir: synthesized } = await synthesize({ outDir });
  const assemblyDir =
    variables === undefined ? synthesized : withVariables(synthesized, `${dataDir}-assembly`, variables);
  const runtime = await startRuntime({ assemblyDir, dataDir, port: 0, ...options });
  const url = runtime.apiUrl;
  const athena = createAthena((operation, input) => runtime.gateway.invoke('tool', 'athena', operation, input));
  const get = (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${API_KEY}` } });
  return {
    url,
    runtime,
    dataDir,
    get,
    post: (path, body, headers = {}) =>
      fetch(url + path, {
        method: 'POST',
        headers: { authorization: basic(WRITE_KEY), 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
      }),
    profile: async (id) => {
      const answer = await get(`/v1/profiles/${encodeURIComponent(id)}`);
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`The profile API answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as Record<string, unknown>;
    },
    query: async (sql) => {
      const { columns, rows } = await athena.query({
        sql,
        database: 'headwater_local',
        workGroup: 'headwater-local',
      });
      const all: Row[] = [];
      for await (const row of rows) {
        all.push(Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])));
      }
      return all;
    },
    api: async (method, path, body) => {
      const answer = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: (text === '' ? undefined : JSON.parse(text)) as never };
    },
    settled: runtime.settled,
    kill: (functionName) => {
      const pids = [...runtime.functions.values()]
        .filter((candidate) => candidate.functionName.includes(functionName))
        .flatMap((candidate) => candidate.pids());
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      return pids.length;
    },
    restart: async () => {
      await runtime.stop();
      rmSync(`${dataDir}-assembly`, { recursive: true, force: true });
      return startHeadwater(dataDir, { ...options, ...(variables !== undefined && { variables }) });
    },
    stop: async () => {
      await runtime.stop();
      for (const folder of [dataDir, `${dataDir}-assembly`]) rmSync(folder, { recursive: true, force: true });
      const denied = runtime.permissions.denied();
      if (denied.length > 0) throw new Error(denied.map(({ message }) => message).join('\n'));
    },
  };
}

export function basic(writeKey: string): string {
  return `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`;
}
