import { UsageError } from '../errors.ts';
import { API_KEY } from './staged-assembly.ts';

/** Throws `UsageError` for an id that a stage has no segment of. */
export async function checkSegments(apiUrl: string, kept: readonly string[]): Promise<void> {
  const ids = await idsOf(apiUrl);
  const unknown = kept.find((id) => !ids.includes(id));
  if (unknown !== undefined)
    throw new UsageError(`--segments takes all, none, or some of ${ids.join(', ')}, not '${unknown}'.`);
}

/** Deletes all segments of a stage but some. */
export async function keepSegments(apiUrl: string, kept: readonly string[]): Promise<void> {
  for (const id of await idsOf(apiUrl))
    if (!kept.includes(id)) await call(new URL(`/v1/segments/${id}`, apiUrl), 'DELETE');
}

async function idsOf(apiUrl: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const url = new URL('/v1/segments', apiUrl);
    if (cursor !== '') url.searchParams.set('cursor', cursor);
    const page = (await (await call(url, 'GET')).json()) as { items: { id: string }[]; nextCursor?: string | null };
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  }
  return ids;
}

async function call(url: URL, method: string): Promise<Response> {
  const answer = await fetch(url, { method, headers: { authorization: `Bearer ${API_KEY}` } });
  if (!answer.ok) throw new Error(`${method} ${url.pathname} was answered ${answer.status}: ${await answer.text()}`);
  return answer;
}
