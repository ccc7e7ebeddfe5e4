import { setTimeout as pause } from 'node:timers/promises';
import { ReportFailed } from './answer.ts';
import type { ReportRequest } from './request.ts';

/** Longest that a report is followed. */
const PATIENCE_MS = 600_000;

/** The report as JSON, CSV or SVG, asked of the API of a stage. Throws a `StartError`. */
export async function askApi(request: ReportRequest, format: string): Promise<string> {
  if (request.source.kind !== 'api') throw new Error('The API is asked only where its address is given.');
  const { url, key } = request.source;
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(request.parameters))
    for (const value of values) query.append(name, value);
  query.set('format', format);
  const deadline = Date.now() + PATIENCE_MS;
  let place = `/v1/reports/${encodeURIComponent(request.name)}?${query}`;
  while (Date.now() < deadline) {
    const answer = await get(new URL(place, url), key);
    if (answer.status === 200) return await answer.text();
    if (answer.status !== 202) throw new ReportFailed(await reasonOf(answer));
    place = answer.headers.get('location') ?? place;
    await pause(1000 * Number(answer.headers.get('retry-after') ?? 1));
  }
  throw new ReportFailed(`The report did not end within ${PATIENCE_MS / 60_000} minutes: ask for fewer days.`);
}

async function get(url: URL, key: string): Promise<Response> {
  try {
    return await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  } catch (cause) {
    throw new ReportFailed(`${url.origin} does not answer: see --url.`, { cause });
  }
}

interface Problem {
  readonly detail?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

async function reasonOf(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { detail, errors } = JSON.parse(text) as Problem;
    return errors?.map(({ path, message }) => `--${path} ${message}.`).join('\n') ?? detail ?? text;
  } catch {
    return `The API answered ${answer.status}: ${text.slice(0, 200)}`;
  }
}
