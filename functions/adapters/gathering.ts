/**
 * Makes a function that does one thing of one that does many: what is asked for while the same turn of the event loop
 * lasts goes out together. Each caller waits for the whole, and fails with it.
 */
export function gathering<T>(doAll: (things: readonly T[]) => Promise<void>): (thing: T) => Promise<void> {
  let waiting: T[] = [];
  let done: Promise<void> | undefined;
  return (thing) => {
    waiting.push(thing);
    done ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        const things = waiting;
        waiting = [];
        done = undefined;
        doAll(things).then(resolve, reject);
      });
    });
    return done;
  };
}
