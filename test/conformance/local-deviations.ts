/** Rules that the local services break, each with its reason. Whoever mends one takes it off the list: a test says so. */
export const localDeviations: Readonly<Record<string, string>> = {
  's3 › keys › a key may be the beginning of another, up to its slash':
    'objects are plain files, for people and DuckDB to read, and a file is no folder: the second write is refused',
  's3 › links › a link is good for its own object alone':
    'the gateway listens on the loopback address only, knows callers by name, and checks no signatures',
};
