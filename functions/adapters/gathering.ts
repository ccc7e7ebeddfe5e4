/** How often all may be done at the same time. */
const AT_ONCE = 2;

interface Group<T> {
  readonly things: T[];
  readonly done: Promise<void>;
  readonly begin: () => void;
}

/**
 * Makes a function that does one thing of one that does many: what is asked for in one turn of the event loop goes out
 * together, and so does what is asked for while others are under way. Each caller waits for its group, and fails with it.
 */
export function gathering<T>(doAll: (things: readonly T[]) => Promise<void>): (thing: T) => Promise<void> {
  let waiting: Group<T> | undefined;
  let underWay = 0;
  const beginNext = () => {
    if (waiting === undefined || underWay === AT_ONCE) return;
    const { begin } = waiting;
    waiting = undefined;
    underWay += 1;
    begin();
  };
  const group = (): Group<T> => {
    const things: T[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = promise
      .then(() => doAll(things))
      .finally(() => {
        underWay -= 1;
        beginNext();
      });
    return { things, done, begin: resolve };
  };
  return (thing) => {
    if (waiting === undefined) {
      waiting = group();
      setImmediate(beginNext);
    }
    waiting.things.push(thing);
    return waiting.done;
  };
}
