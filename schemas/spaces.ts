/** Sources whose people are kept apart from all others, by the name of their space. */
export interface Space {
  readonly id: string;
  /** Ids of write keys, of producers that write to the stream, and of imports as `import:<name>`. */
  readonly sources: readonly string[];
}

/** Ids of people in a space begin with its name and a slash: small letters, so that no other spelling is the same. */
export const spaceId = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Source of what the API itself sends for people of a space: no write key can have the name. */
export const apiSourceOf = (space: string | undefined): string => (space === undefined ? API : `${API}:${space}`);
const API = 'api';
