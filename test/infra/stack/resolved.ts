import type { TemplateJson } from './synthesized.ts';

const longest = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'ap-southeast-2',
  'AWS::StackName': '',
  'AWS::URLSuffix': 'amazonaws.com.cn',
};

/**
 * A value of a template as long as CloudFormation may make it: references become names of the length that it gives to
 * what it names itself, and ARNs with such names.
 */
export function resolved(value: unknown, stackName: string, { Resources }: TemplateJson): unknown {
  const nameOf = (id: string) => `${stackName}-${id}-${'X'.repeat(13)}`.slice(-128);
  const arnOf = (id: string) => {
    const [, service = '', kind = ''] = (Resources[id]?.Type ?? '').split('::');
    return service === 'S3'
      ? `arn:aws-us-gov:s3:::${nameOf(id).slice(-63)}`
      : `arn:aws-us-gov:${service.toLowerCase()}:ap-southeast-2:123456789012:${kind.toLowerCase()}/${nameOf(id)}`;
  };
  const resolve = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(resolve);
    if (typeof part !== 'object' || part === null) return part;
    const [[key, inner] = ['', undefined], ...more] = Object.entries(part);
    if (more.length === 0 && key === 'Ref') {
      return longest[inner as keyof typeof longest] || nameOf(String(inner));
    }
    if (more.length === 0 && key === 'Fn::GetAtt') {
      const [id, attribute] = inner as [string, string];
      return attribute.endsWith('Arn') ? arnOf(id) : nameOf(id);
    }
    if (more.length === 0 && key === 'Fn::Join') {
      const [separator, parts] = inner as [string, unknown[]];
      return parts.map(resolve).join(separator);
    }
    if (more.length === 0 && key.startsWith('Fn::')) throw new Error(`Cannot resolve ${JSON.stringify(part)}.`);
    return Object.fromEntries(Object.entries(part).map(([name, each]) => [name, resolve(each)]));
  };
  return resolve(value);
}
