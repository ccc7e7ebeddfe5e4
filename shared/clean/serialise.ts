/**
 * The JSON text of a parsed JSON value, however deep it is nested: `JSON.stringify` runs out of stack some thousand
 * levels down, and this does not.
 */
export function serialise(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return serialiseDeep(value);
  }
}

/** Text to write, or a value still to be opened. */
type Pending = { readonly text: string } | { readonly value: unknown };

function serialiseDeep(root: unknown): string {
  let out = '';
  const pending: Pending[] = [{ value: root }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if ('text' in next) out += next.text;
    else if (typeof next.value !== 'object' || next.value === null) out += JSON.stringify(next.value);
    else pushContainer(next.value, pending);
  }
  return out;
}

/** Pushes the parts of an object or array in reverse, so that they are popped in order. */
function pushContainer(container: object, pending: Pending[]): void {
  const isArray = Array.isArray(container);
  const keys = Object.keys(container);
  pending.push({ text: isArray ? ']' : '}' });
  for (let at = keys.length - 1; at >= 0; at -= 1) {
    const key = keys[at] as string;
    pending.push({ value: (container as Record<string, unknown>)[key] });
    const label = isArray ? '' : `${JSON.stringify(key)}:`;
    pending.push({ text: at === 0 ? label : `,${label}` });
  }
  pending.push({ text: isArray ? '[' : '{' });
}
