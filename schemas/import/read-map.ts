import { type ImportMap, importMap } from './map.ts';

/** What is wrong with a map, and where: `events.0.properties.total`; an empty path is the map as a whole. */
export interface MapProblem {
  readonly path: string;
  readonly message: string;
}

/** A map that cannot be used. Its message lists every problem, a line each. */
export class MapError extends Error {
  override readonly name = 'MapError';
  readonly problems: readonly MapProblem[];

  constructor(problems: readonly MapProblem[]) {
    super(problems.map(({ path, message }) => `${path === '' ? 'The map' : path} ${message}.`).join('\n'));
    this.problems = problems;
  }
}

/** The most characters that a map may have. */
const MAX_LENGTH = 200_000;

/** Reads the text of a map. Throws `MapError`. */
export function readImportMap(text: string): ImportMap {
  if (text.length > MAX_LENGTH) throw new MapError([{ path: '', message: `is longer than ${MAX_LENGTH} characters` }]);
  let given: unknown;
  try {
    given = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new MapError([{ path: '', message: `is not JSON: ${(error as Error).message}` }]);
  }
  const result = importMap.safeParse(given);
  if (result.success) return result.data;
  throw new MapError(result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}
