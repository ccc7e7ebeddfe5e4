const PATIENCE_MS = 2_000;

/** Does `work`; where that takes longer than two seconds and somebody looks on, says so until it is done. */
export async function waiting<T>(what: string, work: () => Promise<T>, screen = process.stderr): Promise<T> {
  if (!screen.isTTY) return await work();
  const started = Date.now();
  const say = () => screen.write(`\r${what} … ${Math.round((Date.now() - started) / 1000)} s`);
  let ticking: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    say();
    ticking = setInterval(say, 1000);
  }, PATIENCE_MS);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    if (ticking) {
      clearInterval(ticking);
      screen.write('\r\u001b[K');
    }
  }
}
