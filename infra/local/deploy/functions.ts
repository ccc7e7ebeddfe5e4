import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import { IncompleteBuildError, TemplateError } from '../errors.ts';
import { account, region } from '../template/types.ts';
import { count, type Deployer, propertiesOf } from './deployer.ts';
import { physicalName } from './physical-name.ts';

const schema = z.object({
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Runtime: z.string().startsWith('nodejs', 'only Node.js runtimes run locally'),
  Code: z.object({ S3Key: z.string() }),
  Role: z.string(),
  MemorySize: count.default(128),
  Timeout: count.default(3),
  Layers: z.never('layers have no local part').optional(),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).default({ Variables: {} }),
});

/** Notes a function whose bundled code lies in the assembly. Throws `IncompleteBuildError` when the code is missing. */
export const deployFunction: Deployer = (resource, { assembly, parts }) => {
  const { logicalId } = resource;
  const properties = propertiesOf(resource, schema);
  const codeFolder = assembly.assets.get(properties.Code.S3Key);
  if (codeFolder === undefined)
    throw new TemplateError(`${logicalId} names the asset ${properties.Code.S3Key}, which the assembly lacks.`);
  if (!existsSync(codeFolder) || !statSync(codeFolder).isDirectory()) {
    throw new IncompleteBuildError(
      `The build is incomplete: the code of ${logicalId} is missing at ${codeFolder}; run the synthesis again.`,
    );
  }
  const functionName = properties.FunctionName ?? physicalName(assembly.stackName, logicalId);
  const arn = `arn:aws:lambda:${region}:${account}:function:${functionName}`;
  parts.functions.push({
    logicalId,
    functionName,
    arn,
    roleArn: properties.Role,
    codeFolder,
    handler: properties.Handler,
    memoryMb: properties.MemorySize,
    timeoutSeconds: properties.Timeout,
    environment: properties.Environment.Variables,
  });
  return { ref: functionName, attributes: { Arn: arn } };
};
