import { DamagedDataError } from './errors.ts';
import type { LocalService } from './gateway/types.ts';
import type { Refusal } from './iam/need.ts';
import { createAthenaService } from './services/athena.ts';
import { createDynamoDbService } from './services/dynamodb.ts';
import { DataFolderError } from './services/errors.ts';
import { createKinesisService } from './services/kinesis.ts';
import { createS3Service } from './services/s3.ts';
import { createSqsService } from './services/sqs.ts';

/**
 * Opens every local AWS service on the data folder, all or none; `refusal` says what callers may not have done in their
 * name. Throws `DamagedDataError`.
 */
export async function openServices(dataDir: string, refusal: Refusal): Promise<LocalService[]> {
  const opening = [createKinesisService, createDynamoDbService, createS3Service, createAthenaService, createSqsService];
  const settled = await Promise.allSettled(opening.map((open) => open({ dataDir, refusal })));
  const failed = settled.find((result) => result.status === 'rejected');
  const services = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (!failed) return services;
  await Promise.all(services.map((service) => service.close()));
  if (failed.reason instanceof DataFolderError)
    throw new DamagedDataError(failed.reason.message, { cause: failed.reason });
  throw failed.reason;
}
