type Done = (error: unknown, value?: unknown) => void;

/** Descriptions of tables by name. */
export interface Tables {
  get(name: string, done: Done): void;
  put(name: string, value: unknown, done: Done): void;
  del(name: string, done: Done): void;
}

/**
 * Keeps descriptions of tables at hand: every call reads that of its table, and one for a hundred items reads it a hundred
 * times. Each reader gets one of its own, because some write on it.
 */
export function rememberTables(tables: Tables): void {
  const texts = new Map<string, string>();
  const { get, put, del } = tables;
  const forgetting = (name: string, done: Done): Done => {
    texts.delete(name);
    return (error) => {
      texts.delete(name);
      done(error);
    };
  };
  tables.get = (name, done) => {
    const text = texts.get(name);
    if (text !== undefined) return queueMicrotask(() => done(null, JSON.parse(text)));
    get(name, (error, table) => {
      if (!error && table) texts.set(name, JSON.stringify(table));
      done(error, table);
    });
  };
  tables.put = (name, value, done) => put(name, value, forgetting(name, done));
  tables.del = (name, done) => del(name, forgetting(name, done));
}
