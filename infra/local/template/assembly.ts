import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { IncompleteBuildError } from '../errors.ts';
import type { Template } from './types.ts';

/** One synthesized stack: its template and where its assets lie. */
export interface Assembly {
  readonly stackName: string;
  readonly template: Template;
  /** Folder or file of each asset, by its object key in the (never used) asset bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

const manifestSchema = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({ type: z.string(), properties: z.record(z.string(), z.any()).optional() }),
  ),
});

const assetsSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string().optional() }),
      destinations: z.record(z.string(), z.object({ objectKey: z.string() })),
    }),
  ),
});

/** Reads the cloud assembly in `directory`, which must hold one stack. Throws `IncompleteBuildError`. */
export function loadAssembly(directory: string): Assembly {
  const { artifacts } = readJson(directory, 'manifest.json', manifestSchema);
  const stacks = Object.entries(artifacts).filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack');
  const [stack] = stacks;
  if (!stack || stacks.length > 1) {
    throw new IncompleteBuildError(
      `${directory} holds ${stacks.length} stacks where one is needed: run the synthesis again.`,
    );
  }
  const [id, { properties = {} }] = stack;
  const template = readJson(
    directory,
    String(properties.templateFile),
    z.looseObject({ Resources: z.record(z.string(), z.any()) }),
  );

  const assets = new Map<string, string>();
  for (const artifact of Object.values(artifacts)) {
    if (artifact.type !== 'cdk:asset-manifest') continue;
    const { files } = readJson(directory, String(artifact.properties?.file), assetsSchema);
    for (const { source, destinations } of Object.values(files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, path.join(directory, source.path));
    }
  }
  return { stackName: properties.stackName ?? id, template: template as unknown as Template, assets };
}

function readJson<S extends z.ZodType>(directory: string, file: string, schema: S): z.output<S> {
  const full = path.join(directory, file);
  if (!existsSync(full)) {
    throw new IncompleteBuildError(`The build is incomplete: ${full} is missing; delete ${directory} and start again.`);
  }
  try {
    return schema.parse(JSON.parse(readFileSync(full, 'utf8')));
  } catch (cause) {
    throw new IncompleteBuildError(
      `The build is damaged: ${full} cannot be read; delete ${directory} and start again.`,
      { cause },
    );
  }
}
