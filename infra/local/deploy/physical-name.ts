import { createHash } from 'node:crypto';

/** A name that is the same in every run, so that a restart finds its data: `<stack>-<logicalId>`, cut to fit. */
export function physicalName(stackName: string, logicalId: string, longest = 64): string {
  const name = `${stackName}-${logicalId}`;
  return name.length <= longest ? name : `${name.slice(0, longest - 9)}-${digest(name).slice(0, 8)}`;
}

/** A short id in the style of AWS, the same in every run. */
export function stableId(stackName: string, logicalId: string): string {
  return digest(`${stackName}/${logicalId}`).slice(0, 10);
}

/** A UUID that is the same in every run. */
export function stableUuid(stackName: string, logicalId: string): string {
  return digest(`${stackName}/${logicalId}`).replace(/^(.{8})(.{4})(.{3})(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
