/** A text as a part of a URI, everything encoded that RFC 3986 does not leave alone: what AWS signs. */
export const encodeUri = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** A path with each of its segments encoded. */
export const encodePath = (path: string): string => path.split('/').map(encodeUri).join('/');

/** A query in the order in which AWS signs it, without the question mark. */
export const encodeQuery = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]): [string, string] => [encodeUri(name), encodeUri(value)])
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
