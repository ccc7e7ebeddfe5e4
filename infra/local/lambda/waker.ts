/** Lets a loop sleep until time is up or somebody rings; a ring between two sleeps is not lost. */
export interface Waker {
  ring(): void;
  /** Forgets a ring that came before: call it before looking for work. */
  clear(): void;
  /** Resolves after `ms`, or at once when it was rung since `clear`. */
  wait(ms: number): Promise<void>;
}

export function createWaker(): Waker {
  let rung = false;
  let wake = () => {};
  return {
    ring: () => {
      rung = true;
      wake();
    },
    clear: () => {
      rung = false;
    },
    wait: (ms) =>
      new Promise((resolve) => {
        if (rung) return resolve();
        const timer = setTimeout(resolve, ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}
