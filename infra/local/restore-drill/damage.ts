import type { Stores } from './stores.ts';

export interface Places {
  readonly profilesTable: string;
  readonly lakeBucket: string;
}

/** Does what a fault or a wrong command does. Returns what was done, for people to read. */
export async function damage({ dynamodb, s3 }: Stores, { profilesTable, lakeBucket }: Places): Promise<string[]> {
  const TableName = profilesTable;
  const { Items = [] } = await dynamodb.scan({ TableName });
  const [spoiled, other, lost] = Items.filter(({ id }) => /^user:[^#]+$/.test(id?.S ?? ''));
  if (!spoiled?.id || !other || !lost?.id) throw new Error(`There are too few profiles to spoil: ${Items.length}.`);
  await dynamodb.putItem({ TableName, Item: { ...other, id: spoiled.id } });
  await dynamodb.deleteItem({ TableName, Key: { id: lost.id } });

  const { Contents = [] } = await s3.listObjectsV2({ Bucket: lakeBucket, Prefix: 'events_landed/' });
  const keys = Contents.map(({ Key = '' }) => Key);
  const [gone, overwritten, by] = [keys[0], keys.at(-1), keys.at(-2)];
  if (gone === undefined || overwritten === undefined || by === undefined || keys.length < 3) {
    throw new Error(`There are too few files of events to spoil: ${keys.length}.`);
  }
  await s3.deleteObject({ Bucket: lakeBucket, Key: gone });
  await s3.copyObject({ Bucket: lakeBucket, Key: overwritten, CopySource: `${lakeBucket}/${encodeURIComponent(by)}` });
  return [
    'a profile overwritten by another one’s item',
    'a profile deleted',
    'a file of the lake deleted',
    'a file of the lake overwritten by another',
  ];
}
