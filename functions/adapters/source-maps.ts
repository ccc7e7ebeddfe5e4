import type { SourceMap } from 'node:module';

type CallSite = NodeJS.CallSite;

const bundle = import.meta.url;

let read: SourceMap | false | undefined;

/** The map that lies beside the bundle, read when the first stack trace is asked for; false when it cannot be read. */
function sourceMap(): SourceMap | false {
  if (read !== undefined) return read;
  read = false;
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const { SourceMap } = process.getBuiltinModule('node:module');
  read = new SourceMap(JSON.parse(readFileSync(new URL(`${bundle}.map`), 'utf8')));
  return read;
}

function lineOf(site: CallSite): string {
  const text = `    at ${site}`;
  const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
  if (site.getFileName() !== bundle || line === null || column === null) return text;
  const map = sourceMap();
  if (!map) return text;
  const origin = map.findEntry(line - 1, column - 1);
  if (!('originalLine' in origin)) return text;
  const source = origin.originalSource.replace(/^(\.\.\/)+/, '');
  return text.replace(
    `${bundle}:${line}:${column}`,
    `${source}:${origin.originalLine + 1}:${origin.originalColumn + 1}`,
  );
}

/**
 * Stack traces by the lines of the sources, as `--enable-source-maps` gives them: but that reads the map at every
 * start, which takes as long as half of a function's import, while this waits for the first error.
 *
 * Bundling puts it before each function's own code.
 */
Error.prepareStackTrace = (error, sites) => {
  const head = Error.prototype.toString.call(error);
  try {
    return [head, ...sites.map(lineOf)].join('\n');
  } catch {
    return [head, ...sites.map((site) => `    at ${site}`)].join('\n');
  }
};
