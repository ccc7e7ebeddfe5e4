/** Asks the API; the answer's body, or undefined for 404. Throws what else is no success. */
export type AskApi = <Body>(method: string, path: string, body?: object) => Promise<Body | undefined>;

export function askApi(apiUrl: () => string, apiKey: string): AskApi {
  return async <Body>(method: string, path: string, body?: object) => {
    const answer = await fetch(apiUrl() + path, {
      method,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return JSON.parse(text) as Body;
  };
}
