import type { Resource } from '../deploy/deployer.ts';
import type { FunctionSpec } from '../deploy/local-parts.ts';
import { account, type Deployed, region } from '../template/types.ts';
import type { Context } from './need.ts';
import { compilePolicy, type Statement } from './policy.ts';
import { policyError } from './policy-error.ts';

/** Whoever calls AWS by the permissions of a role: a function of the template. */
export interface Principal {
  readonly functionName: string;
  /** Logical id of the role. */
  readonly role: string;
  /** As messages name it: `arn:aws:sts::<account>:assumed-role/<role>/<function>`. */
  readonly arn: string;
  readonly statements: readonly Statement[];
  /** What holds of all its requests. */
  readonly context: Context;
  /** Whether a decision hangs on action and resource alone. */
  readonly isContextFree: boolean;
}

type Resources = ReadonlyMap<string, Resource & Deployed>;

/** Condition keys that requests have here. A policy that asks for another one is refused. */
export const knownKeys: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principaltype',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  's3:delimiter',
  's3:max-keys',
  's3:prefix',
]);

/**
 * Reads which role each function has and what the role's policies say, by the function's logical id: policies inside of
 * the role, beside it, and managed ones of the template. Throws `TemplateError` for what cannot be known or understood.
 */
export function principalsOf(functions: readonly FunctionSpec[], resources: Resources): Map<string, Principal> {
  const byArn = new Map<unknown, Principal>();
  return new Map(
    functions.map((spec) => {
      const role = [...resources.values()].find(
        ({ type, attributes }) => type === 'AWS::IAM::Role' && attributes.Arn === spec.roleArn,
      );
      if (!role) throw policyError(spec.logicalId, `its role ${spec.roleArn} is not in the template`);
      const known = byArn.get(spec.roleArn);
      const statements = known?.statements ?? statementsOf(role, resources);
      const principal = principalOf(spec, role, statements);
      byArn.set(spec.roleArn, principal);
      return [spec.logicalId, principal];
    }),
  );
}

function principalOf(
  { functionName, roleArn }: FunctionSpec,
  role: Resource & Deployed,
  statements: Statement[] | readonly Statement[],
): Principal {
  return {
    functionName,
    role: role.logicalId,
    arn: `arn:aws:sts::${account}:assumed-role/${role.ref}/${functionName}`,
    statements,
    isContextFree: statements.every(({ hasContext }) => !hasContext),
    context: {
      'aws:principalaccount': account,
      'aws:principalarn': roleArn,
      'aws:principaltype': 'AssumedRole',
      'aws:requestedregion': region,
      'aws:resourceaccount': account,
      // On AWS every call of the functions goes by TLS.
      'aws:securetransport': 'true',
    },
  };
}

interface RoleProperties {
  readonly Policies?: readonly { readonly PolicyName: string; readonly PolicyDocument: unknown }[];
  readonly ManagedPolicyArns?: readonly string[];
  readonly PermissionsBoundary?: string;
}

function statementsOf(role: Resource & Deployed, resources: Resources): Statement[] {
  const { Policies = [], ManagedPolicyArns = [], PermissionsBoundary } = role.properties as RoleProperties;
  if (PermissionsBoundary !== undefined) {
    throw policyError(role.logicalId, 'a permissions boundary has no local part');
  }
  const all = [...resources.values()];
  const attached = all.filter(
    ({ type, properties, ref }) =>
      (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy') &&
      ((properties.Roles as readonly string[] | undefined)?.includes(role.ref) || ManagedPolicyArns.includes(ref)),
  );
  const foreign = ManagedPolicyArns.find((arn) => !attached.some(({ ref }) => ref === arn));
  if (foreign !== undefined) {
    throw policyError(
      role.logicalId,
      `the managed policy ${foreign} is not in the template: name the actions it stands for`,
    );
  }
  const documents = [
    ...Policies.map(({ PolicyName, PolicyDocument }) => [`${role.logicalId}.${PolicyName}`, PolicyDocument] as const),
    ...attached.map(({ logicalId, properties }) => [logicalId, properties.PolicyDocument] as const),
  ];
  return documents.flatMap(([name, document]) => compilePolicy(document, name, knownKeys));
}
