import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Resources = Record<string, { Properties: { Environment?: { Variables?: Record<string, unknown> } } }>;

/** Makes a copy of an assembly in `folder` in which functions that have these variables have other values of them. */
export function withVariables(
  assemblyDir: string,
  folder: string,
  variables: Readonly<Record<string, string>>,
): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(assemblyDir)) {
    if (!name.endsWith('.template.json')) {
      symlinkSync(join(assemblyDir, name), join(folder, name));
      continue;
    }
    const stack = JSON.parse(readFileSync(join(assemblyDir, name), 'utf8')) as { Resources: Resources };
    for (const { Properties } of Object.values(stack.Resources)) {
      const { Variables } = Properties?.Environment ?? {};
      if (Variables === undefined) continue;
      for (const [variable, value] of Object.entries(variables)) if (variable in Variables) Variables[variable] = value;
    }
    writeFileSync(join(folder, name), JSON.stringify(stack));
  }
  return folder;
}
