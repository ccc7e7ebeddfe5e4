import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { endpoints } from '../schemas/api/endpoints.ts';
import { openApiDocument } from '../schemas/api/openapi.ts';
import { lakeDictionary } from '../schemas/lake/dictionary.ts';
import { lakeViews } from '../schemas/lake/views.ts';
import { misread } from './local/errors.ts';
import { runCommand } from './local/run-command.ts';

const usage = `Usage: npm run generate [-- --check]

Writes the files that are made from the schemas.

  --check  write nothing, and fail where one is out of date`;

/** Files that are made from the schemas, by their path in the project: text as it is, all else as JSON. */
const generated: Record<string, () => unknown> = {
  'schemas/api/openapi.generated.json': () => openApiDocument(endpoints, packageJson.version),
  // For functions, which read no files: reports inline views.
  'schemas/lake/views.generated.json': () => Object.fromEntries(lakeViews.map(({ name }) => [name, viewText(name)])),
  'schemas/lake/README.md': lakeDictionary,
};

const root = new URL('../', import.meta.url);

await runCommand(async () => {
  const { check } = readOptions();
  for (const [path, render] of Object.entries(generated)) {
    const file = new URL(path, root);
    const content = render();
    const fresh = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
    if (!check) {
      writeFileSync(file, fresh);
      console.log(`wrote ${path}`);
    } else if (readOrEmpty(file) !== fresh) {
      console.error(`${path} is out of date: run \`npm run generate\` and commit the result.`);
      process.exitCode = 1;
    }
  }
});

function readOptions(): { readonly check: boolean } {
  try {
    return parseArgs({ options: { check: { type: 'boolean', default: false } } }).values;
  } catch (cause) {
    throw misread(cause, usage);
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
