/**
 * In the place of `node:process`: importing that opens standard input, output and error for its list of exports, which
 * takes longer than all of a small function's own code.
 */
export const { env, versions } = process;
