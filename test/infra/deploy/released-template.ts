import { readFileSync } from 'node:fs';
import type { Release } from './stateful-resources.ts';

/** What `npm run release-template` noted at the last release. */
export const releasedFile = new URL('../../fixtures/released-template.generated.json', import.meta.url);

export const releasedTemplate = (): Release => JSON.parse(readFileSync(releasedFile, 'utf8')) as Release;
