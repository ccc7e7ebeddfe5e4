export interface StopSignal {
  /** Resolves at the first SIGINT or SIGTERM. */
  readonly aborted: Promise<void>;
  isAborted(): boolean;
  /** Gives signals their usual effect again. */
  release(): void;
}

/** Turns the first SIGINT or SIGTERM into a clean stop; the second ends the process at once. */
export function stopOnSignal(): StopSignal {
  let signals = 0;
  let abort = () => {};
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
  });
  const listen = () => {
    signals += 1;
    if (signals > 1) process.exit(130);
    abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, listen);
  return {
    aborted,
    isAborted: () => signals > 0,
    release: () => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, listen);
    },
  };
}
