import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DamagedDataError } from '../errors.ts';
import type { Gateway } from '../gateway/types.ts';
import { account, region } from '../template/types.ts';
import { type Deployer, propertiesOf } from './deployer.ts';
import { physicalName } from './physical-name.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const index = z.object({ IndexName: z.string(), KeySchema: keySchema, Projection: z.record(z.string(), z.unknown()) });
const schema = z.object({
  TableName: z.string().optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: z.array(index).optional(),
  LocalSecondaryIndexes: z.array(index).optional(),
});

interface Description extends Shape {
  readonly TableStatus: string;
}

/**
 * Makes a table, or keeps the one of an earlier run. Backups, expiry and deletion protection have no meaning
 * here; capacity is always on demand. Throws `DamagedDataError` when the kept table has other keys or indexes.
 */
export const deployTable: Deployer = async (resource, { gateway, assembly }) => {
  const { TableName, ...wanted } = propertiesOf(resource, schema);
  const name = TableName ?? physicalName(assembly.stackName, resource.logicalId, 255);
  const existing = await describe(gateway, name);
  if (!existing) {
    await gateway.invoke('tool', 'dynamodb', 'CreateTable', {
      ...wanted,
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
    });
  } else if (shapeOf(existing) !== shapeOf(wanted)) {
    throw new DamagedDataError(
      `The table ${name} of the data folder has other keys or indexes than the template: ` +
        'delete the data folder, or choose another with --data.',
    );
  }
  while ((await describe(gateway, name))?.TableStatus !== 'ACTIVE') await sleep(10);
  return { ref: name, attributes: { Arn: `arn:aws:dynamodb:${region}:${account}:table/${name}`, TableId: name } };
};

interface Shape {
  readonly KeySchema: z.output<typeof keySchema>;
  readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string }[] | undefined;
}

function shapeOf(table: Shape): string {
  const keys = table.KeySchema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`);
  const indexes = (table.GlobalSecondaryIndexes ?? []).map(({ IndexName }) => IndexName);
  return [...keys.toSorted(), ...indexes.toSorted()].join();
}

async function describe(gateway: Gateway, name: string): Promise<Description | undefined> {
  try {
    const input = { TableName: name };
    return (await gateway.invoke<{ Table: Description }>('tool', 'dynamodb', 'DescribeTable', input)).Table;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}
