import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { endpoints } from '../schemas/api/endpoints.ts';
import { openApiDocument } from '../schemas/api/openapi.ts';
import { lakeDictionary } from '../schemas/lake/dictionary.ts';
import { lakeViews } from '../schemas/lake/views.ts';

/** Files that are made from the schemas, by their path in the project: text as it is, all else as JSON. */
const generated: Record<string, () => unknown> = {
  'schemas/api/openapi.generated.json': () => openApiDocument(endpoints, packageJson.version),
  // For functions, which read no files: reports inline views.
  'schemas/lake/views.generated.json': () => Object.fromEntries(lakeViews.map(({ name }) => [name, viewText(name)])),
  'schemas/lake/README.md': lakeDictionary,
};

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = new URL('../', import.meta.url);

for (const [path, render] of Object.entries(generated)) {
  const file = new URL(path, root);
  const content = render();
  const fresh = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  if (!values.check) {
    writeFileSync(file, fresh);
    console.log(`wrote ${path}`);
  } else if (readOrEmpty(file) !== fresh) {
    console.error(`${path} is out of date: run \`npm run generate\` and commit the result.`);
    process.exitCode = 1;
  }
}

function viewText(name: string): string {
  return readFileSync(new URL(`../schemas/lake/views/${name}.sql`, import.meta.url), 'utf8').trimEnd();
}

function readOrEmpty(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
