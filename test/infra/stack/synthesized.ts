import { Match, Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import featureFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { settingsOf } from '../../../infra/config.ts';
import type { StageSettings } from '../../../infra/settings/stage.ts';
import { HeadwaterStack } from '../../../infra/stack.ts';

export { Match };

// CloudFormation's own rules take two seconds a synthesis: `validation.test.ts` runs them, once a stage.
process.env.CDK_VALIDATION = 'false';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shapes; the assertions say what is expected.
  readonly Properties: any;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string[];
}
export type TemplateJson = { readonly Resources: Record<string, Resource>; readonly Outputs: Record<string, unknown> };

/** The app as `infra/app.ts` makes it, with no function bundled and no warning printed. */
export function anApp(): App {
  const quick = { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:annotationsInValidationReport': false };
  return new App({ context: { ...featureFlags, ...quick } });
}

/** The settings of a stage with some of them changed. */
export const settings = (stage: string, changes: Partial<StageSettings> = {}): StageSettings => ({
  ...settingsOf(stage),
  ...changes,
});

export function aStack(stage: string, changes: Partial<StageSettings> = {}): HeadwaterStack {
  return new HeadwaterStack(anApp(), { stage, settings: settings(stage, changes) });
}

const templates = new Map<string, Template>();

/** The template of a stage. */
export function synthesized(stage: string, changes: Partial<StageSettings> = {}): Template {
  const key = JSON.stringify([stage, changes]);
  const template = templates.get(key) ?? Template.fromStack(aStack(stage, changes));
  templates.set(key, template);
  return template;
}

export function resourcesOf(template: TemplateJson | Template, type: string): [logicalId: string, Resource][] {
  const { Resources } = (template instanceof Template ? template.toJSON() : template) as TemplateJson;
  return Object.entries(Resources).filter(([, resource]) => resource.Type === type);
}

/** The logical id that a `Ref` or `Fn::GetAtt` points to. */
export const target = (value: { Ref?: string; 'Fn::GetAtt'?: string[] }): string =>
  value.Ref ?? value['Fn::GetAtt']?.[0] ?? '';

/** The function whose logical id starts so. */
export function functionOf(template: Template, part: string): [logicalId: string, Resource] {
  const found = resourcesOf(template, 'AWS::Lambda::Function').find(([id]) => id.startsWith(part));
  if (!found) throw new Error(`No function starts with ${part}.`);
  return found;
}

/** Statements of the policies that are attached to the role of a function. */
export function statementsOf(template: Template, lambda: Resource): Statement[] {
  const role = target(lambda.Properties.Role);
  return resourcesOf(template, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => Properties.Roles.some((each: object) => target(each) === role))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

export const actionsOf = (statements: readonly Statement[]): string[] =>
  statements.flatMap(({ Action }) => Action).sort();
