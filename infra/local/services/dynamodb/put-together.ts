type Done = (error: unknown) => void;

interface Put {
  readonly type: 'put';
  readonly key: string;
  readonly value: unknown;
}

/** What writes many at once, all or none. */
export interface BatchWriter {
  batch(puts: readonly Put[], done: Done): void;
}

/**
 * Writes what is put while a write is under way together with the next one: many writes at once cost the main thread not
 * much more than one. Each caller is told when its own is durable; until then it is not read, as before.
 */
export function putTogether(db: BatchWriter): (key: string, value: unknown, done: Done) => void {
  let puts: Put[] = [];
  let waiting: Done[] = [];
  let isWriting = false;
  const write = () => {
    const [written, told] = [puts, waiting];
    puts = [];
    waiting = [];
    db.batch(written, (error) => {
      isWriting = puts.length > 0;
      if (isWriting) write();
      for (const done of told) done(error);
    });
  };
  return (key, value, done) => {
    puts.push({ type: 'put', key, value });
    waiting.push(done);
    if (isWriting) return;
    isWriting = true;
    setImmediate(write);
  };
}
