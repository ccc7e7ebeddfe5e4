import { z } from 'zod';
import { DamagedDataError } from '../errors.ts';
import { s3Put } from '../s3-put.ts';
import { region } from '../template/types.ts';
import { count, type Deployer, propertiesOf } from './deployer.ts';
import { physicalName } from './physical-name.ts';

/** Of the lifecycle's rules only those matter here that say how long old versions stay. */
const rule = z.object({
  Status: z.string(),
  Prefix: z.string().default(''),
  NoncurrentVersionExpiration: z.object({ NoncurrentDays: count.min(1) }).optional(),
});

const schema = z.object({
  BucketName: z.string().optional(),
  VersioningConfiguration: z.object({ Status: z.string() }).optional(),
  LifecycleConfiguration: z.object({ Rules: z.array(rule) }).optional(),
});

/** Makes a bucket, or keeps the one of an earlier run with its objects. */
export const deployBucket: Deployer = async (resource, { gateway, assembly }) => {
  const { BucketName, VersioningConfiguration, LifecycleConfiguration } = propertiesOf(resource, schema);
  const name = BucketName ?? physicalName(assembly.stackName, resource.logicalId, 63).toLowerCase();
  const status = await s3Put(gateway, 'tool', `/${name}`);
  if (status >= 300 && status !== 409) {
    throw new DamagedDataError(
      `The bucket ${name} cannot be made in the data folder (status ${status}): choose another with --data.`,
    );
  }
  if (VersioningConfiguration?.Status === 'Enabled') {
    await s3Put(gateway, 'tool', `/${name}?versioning`, versioning);
    await s3Put(gateway, 'tool', `/${name}?lifecycle`, lifecycleOf(LifecycleConfiguration?.Rules ?? []));
  }
  const attributes = {
    Arn: `arn:aws:s3:::${name}`,
    DomainName: `${name}.s3.amazonaws.com`,
    RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
  };
  return { ref: name, attributes };
};

const versioning = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';

function lifecycleOf(rules: readonly z.output<typeof rule>[]): string {
  const written = rules.flatMap(({ Status, Prefix, NoncurrentVersionExpiration: old }) => {
    if (old === undefined) return [];
    const days = `<NoncurrentDays>${old.NoncurrentDays}</NoncurrentDays>`;
    const expiration = `<NoncurrentVersionExpiration>${days}</NoncurrentVersionExpiration>`;
    return [`<Rule><Filter><Prefix>${Prefix}</Prefix></Filter><Status>${Status}</Status>${expiration}</Rule>`];
  });
  return `<LifecycleConfiguration>${written.join('')}</LifecycleConfiguration>`;
}
