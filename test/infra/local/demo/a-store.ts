import { generateStore, type Store } from '../../../../infra/local/demo/store.ts';

export const END = new Date('2026-03-02T10:20:00.000Z');

/** The demo store at its full size, made once for each test file. */
let full: Store | undefined;
export function theStore(): Store {
  full ??= generateStore({ seed: 1, end: END });
  return full;
}

/** A small store for tests that need several. */
export const aSmallStore = (seed: string | number = 7, end = END): Store =>
  generateStore({ seed, end, days: 20, people: 60 });
