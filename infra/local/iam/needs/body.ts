const quote = 0x22;

/**
 * A text field of a JSON request by its name, without parsing the request, which may hold megabytes: what is quoted
 * inside of a text has a backslash before its quotes, so that it isn't found. `undefined` when there is none.
 */
export function textField(body: Buffer, name: string): string | undefined {
  const wanted = `"${name}"`;
  for (let at = body.indexOf(wanted); at >= 0; at = body.indexOf(wanted, at + 1)) {
    let next = at + wanted.length;
    while (isSpace(body[next])) next += 1;
    if (body[next] !== 0x3a) continue;
    next += 1;
    while (isSpace(body[next])) next += 1;
    if (body[next] !== quote) continue;
    const end = body.indexOf(quote, next + 1);
    if (end > 0) return body.toString('utf8', next + 1, end);
  }
  return undefined;
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** The whole request; an empty one where it is no JSON object, which the service then refuses. */
export function parsedBody(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return parsed !== null && typeof parsed === 'object' ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
