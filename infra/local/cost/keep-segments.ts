import { UsageError } from '../errors.ts';
import { API_KEY } from './staged-assembly.ts';

/** Deletes all segments of a stage but some. Throws `UsageError` for an id that there is none of. */
export async function keepSegments(apiUrl: string, kept: readonly string[]): Promise<void> {
  const ids = await idsOf(apiUrl);
  const unknown = kept.find((id) => !ids.includes(id));
  if (unknown !== undefined)
    throw new UsageError(`--segments takes all, none, or some of ${ids.join(', ')}, not '${unknown}'.`);
  for (const id of ids) if (!kept.includes(id)) await call(new URL(`/v1/segments/${id}`, apiUrl), 'DELETE');
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
