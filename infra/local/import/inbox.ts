import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { type ImportStatus, INBOX, MAP_FILE, REJECTED, STATUS_ENDING } from '../../../schemas/import/state.ts';
import type { ImportRequest } from './request.ts';
import type { Target } from './target.ts';

/** A file that was put into the inbox. */
export interface Dropped {
  readonly statusKey: string;
  readonly fileTag: string;
  readonly mapTag: string;
}

/** Puts the map and the file into the inbox, in this order, so that no file ever lies there with another's map. */
export async function drop({ s3, bucket }: Target, { file, size, map, name }: ImportRequest): Promise<Dropped> {
  const key = `${INBOX}${name}/${path.basename(file)}`;
  const statusKey = key + STATUS_ENDING;
  // What is said of a file that failed holds until it is put there again.
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: statusKey }));
  const mapFile = { Bucket: bucket, Key: `${INBOX}${name}/${MAP_FILE}`, Body: readFileSync(map) };
  const { ETag: mapTag = '' } = await s3.send(new PutObjectCommand(mapFile));
  const body = createReadStream(file);
  const put = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: size });
  const { ETag: fileTag = '' } = await s3.send(put);
  return { statusKey, fileTag, mapTag };
}

/** What the importer says of the file; undefined while it has not looked at it. */
export async function statusOf({ s3, bucket }: Target, dropped: Dropped): Promise<ImportStatus | undefined> {
  const text = await textOf({ s3, bucket }, dropped.statusKey);
  if (text === undefined) return undefined;
  const status: ImportStatus = JSON.parse(text);
  return status.fileTag === dropped.fileTag && status.mapTag === dropped.mapTag ? status : undefined;
}

/** The lists of rejected lines of an import, one after the other. */
export async function* rejectedOf({ s3, bucket }: Target, id: string): AsyncGenerator<string> {
  const pages = paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: `${REJECTED}${id}/` });
  for await (const { Contents = [] } of pages) {
    for (const { Key = '' } of Contents) yield (await textOf({ s3, bucket }, Key)) ?? '';
  }
}

async function textOf({ s3, bucket }: Pick<Target, 's3' | 'bucket'>, key: string): Promise<string | undefined> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
