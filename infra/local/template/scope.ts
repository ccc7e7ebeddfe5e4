import { TemplateError } from '../errors.ts';
import { noValue, resolve, type Scope } from './intrinsics.ts';
import { account, type Deployed, region, type Template } from './types.ts';

/** Resolves names against the pseudo parameters, the template's defaults and what is deployed so far. */
export function createScope(template: Template, stackName: string, deployed: ReadonlyMap<string, Deployed>): Scope {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stackName,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${account}:stack/${stackName}/local`,
    'AWS::NotificationARNs': [],
    'AWS::NoValue': noValue,
  };
  const find = (logicalId: string): Deployed => {
    const found = deployed.get(logicalId);
    if (!found) throw new TemplateError(`The template refers to '${logicalId}', which it does not deploy.`);
    return found;
  };
  const scope: Scope = {
    ref: (name) => {
      if (name in pseudo) return pseudo[name];
      const parameter = template.Parameters?.[name];
      if (!parameter) return find(name).ref;
      if (parameter.Default === undefined) {
        throw new TemplateError(
          `Parameter '${name}' of the template has no default: give it one, or make it a stage setting.`,
        );
      }
      return parameter.Default;
    },
    getAtt: (logicalId, attribute) => {
      const { attributes } = find(logicalId);
      if (!(attribute in attributes)) {
        const type = template.Resources[logicalId]?.Type;
        throw new TemplateError(
          `'${attribute}' of ${logicalId} (${type}) has no local value: add it to infra/local/deploy.`,
        );
      }
      return attributes[attribute];
    },
    condition: (name) => {
      const condition = template.Conditions?.[name];
      if (condition === undefined) throw new TemplateError(`The template has no condition '${name}'.`);
      return resolve(condition, scope) === true;
    },
    mapping: (map, top, second) => {
      const found = template.Mappings?.[map]?.[top]?.[second];
      if (found === undefined) throw new TemplateError(`The template has no mapping '${map}.${top}.${second}'.`);
      return found;
    },
  };
  return scope;
}
