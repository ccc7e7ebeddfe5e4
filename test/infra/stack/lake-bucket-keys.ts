import { synthesized } from './synthesized.ts';

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** The keys of the lake's bucket, each with a `*` at its end where it is a prefix, on which any function may do something. */
export function lakeBucketKeys(action: string): string[] {
  const policies = Object.values(synthesized('prod').findResources('AWS::IAM::Policy'));
  const statements = policies.flatMap((policy): Statement[] => policy.Properties.PolicyDocument.Statement);
  const resources = statements
    .filter(({ Action }) => [Action].flat().includes(action))
    .flatMap(({ Resource }) => [Resource].flat().map((each) => JSON.stringify(each)));
  const keys = resources.flatMap((resource) => /LakeBucket\w+","Arn"\]},"\/([^"]+)"/.exec(resource)?.[1] ?? []);
  return [...new Set(keys)];
}
