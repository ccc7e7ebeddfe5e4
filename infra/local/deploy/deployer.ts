import { z } from 'zod';
import { TemplateError } from '../errors.ts';
import type { Gateway } from '../gateway/types.ts';
import type { Assembly } from '../template/assembly.ts';
import type { Deployed } from '../template/types.ts';
import type { LocalParts } from './local-parts.ts';

/** A resource of the template with its intrinsic functions resolved. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface DeployContext {
  readonly gateway: Gateway;
  readonly assembly: Assembly;
  /** Where deployers put what the runtime starts after the deployment. */
  readonly parts: LocalParts;
}

/** Makes one resource, or finds it from an earlier run. */
export type Deployer = (resource: Resource, context: DeployContext) => Promise<Deployed> | Deployed;

/** Reads a resource's properties by a schema. Throws `TemplateError` that names the resource and the property. */
export function propertiesOf<S extends z.ZodType>({ logicalId, type, properties }: Resource, schema: S): z.output<S> {
  const result = schema.safeParse(properties);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${['Properties', ...path].join('.')}: ${message}`);
  throw new TemplateError(`${logicalId} (${type}) cannot run locally: ${wrong.join('; ')}.`);
}

/** A number, or the string of one: CloudFormation accepts both. */
export const count = z.coerce.number();

/** A boolean, or the string of one. */
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
