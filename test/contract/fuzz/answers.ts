import { expect } from 'vitest';
import type { HttpResponse } from '../../../functions/middleware/http.ts';
import type { Endpoint } from '../../../schemas/api/endpoint.ts';

/** What a header may hold: anything else ends it, or begins another. */
const headerValue = /^[\x20-\x7e\xa0-\xff]*$/;

/** Fails for an answer that is none of the endpoint's own. */
export function answersOf({ responses }: Endpoint): (answer: HttpResponse) => void {
  /** Bodies that were right before: many requests have one answer. */
  const right = new Set<string>();
  return ({ statusCode = 0, headers = {}, body = '' }) => {
    expect(statusCode, body).toBeLessThan(500);
    const response = responses[statusCode];
    if (response === undefined) expect.fail(`${statusCode} is no answer of the endpoint: ${body.slice(0, 500)}`);
    for (const [name, value] of Object.entries(headers)) expect(String(value), name).toMatch(headerValue);
    if (response.body === undefined) return;
    const type = String(headers['content-type'] ?? '');
    const types = [response.contentType ?? 'application/json', ...(response.otherTypes ?? [])];
    expect(
      types.some((each) => type.startsWith(each)),
      `${type} is none of ${types.join(', ')}`,
    ).toBe(true);
    const key = `${statusCode} ${body}`;
    if (!type.includes('json') || right.has(key)) return;
    const result = response.body.safeParse(JSON.parse(body));
    if (!result.success) expect.fail(`${result.error.message}\n${body.slice(0, 1_000)}`);
    if (body.length < 1_000_000) right.add(key);
  };
}
