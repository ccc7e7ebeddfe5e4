import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { endpoints } from '../schemas/api/endpoints.ts';
import { openApiDocument } from '../schemas/api/openapi.ts';

/** Files that are made from the schemas, by their path in the project. */
const generated: Record<string, () => string> = {
  'schemas/api/openapi.generated.json': () =>
    `${JSON.stringify(openApiDocument(endpoints, packageJson.version), null, 2)}\n`,
};

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const root = new URL('../', import.meta.url);

for (const [path, render] of Object.entries(generated)) {
  const file = new URL(path, root);
  const fresh = render();
  if (!values.check) {
    writeFileSync(file, fresh);
    console.log(`wrote ${path}`);
  } else if (readOrEmpty(file) !== fresh) {
    console.error(`${path} is out of date: run \`npm run generate\` and commit the result.`);
    process.exitCode = 1;
  }
}

function readOrEmpty(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
