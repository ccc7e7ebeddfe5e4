import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UsageError } from '../errors.ts';

interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/**
 * Takes resources out of the template of a stack in a cloud assembly, and answers which. A name is a type, such as
 * `AWS::CloudWatch::Alarm`, for all of it, or the beginning of a logical id. Throws `UsageError` for a name that nothing has,
 * and where something that stays needs what goes.
 */
export async function leaveOut(assemblyDir: string, stack: string, names: readonly string[]): Promise<string[]> {
  const file = path.join(assemblyDir, `${stack}.template.json`);
  const before = await readFile(file, 'utf8');
  const { template, left } = without(JSON.parse(before) as Template, names);
  const after = JSON.stringify(template);
  await writeFile(file, after);
  // The assembly knows the template by its hash, and what was uploaded under that name already is not uploaded again.
  for (const name of ['manifest.json', `${stack}.assets.json`]) {
    const about = path.join(assemblyDir, name);
    await writeFile(about, (await readFile(about, 'utf8')).replaceAll(sha256(before), sha256(after)));
  }
  return left;
}

/** A template without the resources of these names, and what they are. */
export function without<T extends Template>(template: T, names: readonly string[]): { template: T; left: string[] } {
  const all = Object.entries(template.Resources);
  const isMeant = (name: string, [id, { Type }]: [string, Resource]) => Type === name || id.startsWith(name);
  for (const name of names) {
    if (all.some((each) => isMeant(name, each))) continue;
    throw new UsageError(`--without ${name}: no resource has this type, or a logical id that begins so.`);
  }
  const [left, stays] = [true, false].map((isLeft) =>
    all.filter((each) => names.some((name) => isMeant(name, each)) === isLeft),
  ) as [[string, Resource][], [string, Resource][]];
  const ids = new Set(left.map(([id]) => id));
  const Resources = Object.fromEntries(stays.map(([id, resource]) => [id, independent(resource, ids)]));
  const rest = { ...template, Resources };
  for (const id of ids) {
    const user = Object.entries({ ...Resources, ...(rest as { Outputs?: object }).Outputs }).find(([, part]) =>
      refersTo(part, id),
    );
    if (user) throw new UsageError(`--without: ${user[0]} needs ${id}, so that it cannot be left out alone.`);
  }
  return { template: rest, left: left.map(([id, { Type }]) => `${id} (${Type})`) };
}

function independent(resource: Resource, of: ReadonlySet<string>): Resource {
  const { DependsOn = [], ...rest } = resource;
  const depends = [DependsOn].flat().filter((id) => !of.has(id));
  return depends.length > 0 ? { ...rest, DependsOn: depends } : rest;
}

/** Whether an intrinsic function somewhere in it names the resource. */
function refersTo(part: unknown, id: string): boolean {
  if (typeof part !== 'object' || part === null) return false;
  return Object.entries(part).some(([key, value]) => {
    if (key === 'Ref') return value === id;
    if (key === 'Fn::GetAtt') return [value].flat()[0] === id || String(value).startsWith(`${id}.`);
    if (key === 'Fn::Sub' && new RegExp(`\\$\\{${id}[.}]`).test(String([value].flat()[0]))) return true;
    return refersTo(value, id);
  });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
