import { createRequire } from 'node:module';
import type { TemplateJson } from '../stack/synthesized.ts';

/** What `@aws/cloudformation-validate` says of one property or resource. */
interface Diagnostic {
  readonly ruleId: string;
  readonly severity: 'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG';
  readonly message: string;
  readonly propertyPath?: string;
  readonly entity: { readonly logicalId?: string; readonly resourceType?: string };
}

interface Validator {
  validate(template: object, region: string): Diagnostic[];
  schemaCount(): number;
}

interface Package {
  readonly SchemaValidator: new () => Validator;
  readonly TemplateContent: new (content: string, name: string) => object;
}

/**
 * AWS's own validator with the schemas of CloudFormation's registry, Apache-2.0: the one that aws-cdk-lib brings along and
 * runs at each synthesis. Here it is asked by itself, so that nothing of CDK's can hide a finding.
 */
const { SchemaValidator, TemplateContent } = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'))(
  '@aws/cloudformation-validate',
) as Package;

let validator: Validator | undefined;
const diagnose = (template: TemplateJson): Diagnostic[] => {
  validator ??= new SchemaValidator();
  return validator.validate(new TemplateContent(JSON.stringify(template), 'template'), 'us-east-1');
};

const CREATE_ONLY = 'I9001';

/** Breaches of the schemas of CloudFormation's registry, one line each. */
export function schemaFindings(template: TemplateJson): string[] {
  return diagnose(template)
    .filter(({ ruleId }) => ruleId !== CREATE_ONLY)
    .map(({ ruleId, entity, propertyPath, message }) => `${entity.logicalId} ${propertyPath}: ${message} (${ruleId})`);
}

/** Paths of the properties of each resource whose change makes CloudFormation replace it, by the schemas. */
export function createOnlyPaths(template: TemplateJson): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const { ruleId, entity, propertyPath } of diagnose(template)) {
    if (ruleId !== CREATE_ONLY || !entity.logicalId || !propertyPath?.startsWith('Properties.')) continue;
    const known = paths.get(entity.logicalId) ?? [];
    paths.set(entity.logicalId, [...known, propertyPath.slice('Properties.'.length)]);
  }
  return paths;
}
