/**
 * Looks again and again until `look` answers something other than undefined or false. Throws after `ms`: by default so late
 * that only what never comes about takes as long, on a busy machine too.
 */
export async function eventually<T>(look: () => Promise<T | undefined | false>, ms = 150_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`It did not come about within ${ms} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Waits as `eventually` does, and answers the milliseconds from now until the beginning of the last look that did not find
 * it: whoever promises that it comes about in time keeps that, however long a look takes.
 */
export async function lastWithout(look: () => Promise<boolean>): Promise<number> {
  const from = Date.now();
  let last = 0;
  await eventually(async () => {
    const began = Date.now() - from;
    const isFound = await look();
    if (!isFound) last = began;
    return isFound;
  });
  return last;
}
