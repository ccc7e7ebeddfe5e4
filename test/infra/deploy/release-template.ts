import { writeFileSync } from 'node:fs';
import { stages } from '../../../infra/config.ts';
import { synthesized, type TemplateJson } from '../stack/synthesized.ts';
import { releasedFile } from './released-template.ts';
import { statefulResources } from './stateful-resources.ts';

/** Notes what the templates of this release hold that later ones must neither remove nor replace, a line each. */
const lines = Object.keys(stages).map((stage) => {
  const resources = Object.entries(statefulResources(synthesized(stage).toJSON() as TemplateJson));
  const each = resources.map(([id, resource]) => `    ${JSON.stringify(id)}: ${JSON.stringify(resource)}`);
  return `  ${JSON.stringify(stage)}: {\n${each.join(',\n')}\n  }`;
});
writeFileSync(releasedFile, `{\n${lines.join(',\n')}\n}\n`);
console.log('test/fixtures/released-template.generated.json holds this release: commit it with the release.');
