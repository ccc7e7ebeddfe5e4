import { TemplateError } from '../errors.ts';
import type { Template, TemplateResource } from './types.ts';

/** Logical ids in an order in which each follows what it refers to. Throws `TemplateError` for a circle. */
export function deploymentOrder(template: Template): string[] {
  const order: string[] = [];
  const done = new Set<string>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    if (done.has(logicalId)) return;
    if (path.includes(logicalId)) {
      const circle = [...path.slice(path.indexOf(logicalId)), logicalId].join(' → ');
      throw new TemplateError(`Resources of the template refer to each other in a circle: ${circle}.`);
    }
    const resource = template.Resources[logicalId];
    if (!resource) return;
    for (const needed of referencesOf(resource)) visit(needed, [...path, logicalId]);
    done.add(logicalId);
    order.push(logicalId);
  };
  for (const logicalId of Object.keys(template.Resources)) visit(logicalId, []);
  return order;
}

function referencesOf(resource: TemplateResource): Set<string> {
  const found = new Set<string>([resource.DependsOn ?? []].flat());
  collect(resource.Properties, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, argument] of Object.entries(value)) {
    const first = Array.isArray(argument) ? argument[0] : argument;
    if (key === 'Ref' && typeof argument === 'string') found.add(argument);
    if (key === 'Fn::GetAtt' && typeof first === 'string') found.add(first.split('.')[0] ?? first);
    if (key === 'Fn::Sub' && typeof first === 'string') {
      for (const [, name = ''] of first.matchAll(/\$\{([^!}][^}]*)\}/g)) found.add(name.split('.')[0] ?? name);
    }
    collect(argument, found);
  }
}
