import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { S3 } from '@aws-sdk/client-s3';

/** The stores of a stage, by the calls that an operator of a deployed one makes. */
export interface Stores {
  readonly dynamodb: DynamoDB;
  readonly s3: S3;
  close(): void;
}

export function openStores(endpoint: string): Stores {
  const credentials = { accessKeyId: 'HWTOOL', secretAccessKey: 'local' };
  const config = { endpoint, region: 'us-east-1', credentials };
  const dynamodb = new DynamoDB(config);
  const s3 = new S3({ ...config, forcePathStyle: true });
  return {
    dynamodb,
    s3,
    close: () => {
      dynamodb.destroy();
      s3.destroy();
    },
  };
}

export async function tablesOf({ dynamodb }: Stores): Promise<string[]> {
  return (await dynamodb.listTables({})).TableNames ?? [];
}

/** Buckets that keep versions. */
export async function versionedBucketsOf({ s3 }: Stores): Promise<string[]> {
  const names = ((await s3.listBuckets({})).Buckets ?? []).map(({ Name = '' }) => Name);
  const states = await Promise.all(names.map((Bucket) => s3.getBucketVersioning({ Bucket })));
  return names.filter((_, index) => states[index]?.Status === 'Enabled');
}
