interface RangeIterator {
  close(): Promise<void>;
  return?: () => Promise<void>;
}

/** What reads ranges of a Level. */
export interface RangeReader {
  keys(range?: object): RangeIterator;
  values(range?: object): RangeIterator;
}

/**
 * Has iterators closed when a query has read what it wanted: dynalite calls `return` for that, which Level's have not. One that is
 * left open keeps all files of its moment on the disk, and versions of items that were replaced since: LevelDB 1.20 may then
 * read an old one again (google/leveldb#320).
 */
export function endIterators(db: RangeReader): void {
  const ended = (read: (range?: object) => RangeIterator) => (range?: object) => {
    const iterator = read.call(db, range);
    iterator.return = () => iterator.close();
    return iterator;
  };
  db.keys = ended(db.keys);
  db.values = ended(db.values);
}
