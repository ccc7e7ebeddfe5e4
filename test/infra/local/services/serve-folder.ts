/** Serves one service's data folder from a process that a test can kill: `serve-folder.ts <service> <dataDir>`. */
import { startGateway } from '../../../../infra/local/gateway/gateway.ts';
import { createDynamoDbService } from '../../../../infra/local/services/dynamodb.ts';
import { createKinesisService } from '../../../../infra/local/services/kinesis.ts';
import { createSqsService } from '../../../../infra/local/services/sqs.ts';

const [name, dataDir = ''] = process.argv.slice(2);
const makers = { kinesis: createKinesisService, dynamodb: createDynamoDbService, sqs: createSqsService };
const create = makers[name as keyof typeof makers];
const gateway = await startGateway({ services: [await create({ dataDir })] });
process.send?.(gateway.url);
