import { z } from 'zod';
import { DamagedDataError } from '../errors.ts';
import { s3Put } from '../s3-put.ts';
import { region } from '../template/types.ts';
import { type Deployer, propertiesOf } from './deployer.ts';
import { physicalName } from './physical-name.ts';

const schema = z.object({ BucketName: z.string().optional() });

/** Makes a bucket, or keeps the one of an earlier run with its objects. */
export const deployBucket: Deployer = async (resource, { gateway, assembly }) => {
  const { BucketName } = propertiesOf(resource, schema);
  const name = BucketName ?? physicalName(assembly.stackName, resource.logicalId, 63).toLowerCase();
  const status = await s3Put(gateway, 'tool', `/${name}`);
  if (status >= 300 && status !== 409) {
    throw new DamagedDataError(
      `The bucket ${name} cannot be made in the data folder (status ${status}): choose another with --data.`,
    );
  }
  const attributes = {
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
  return { ref: name, attributes };
};
