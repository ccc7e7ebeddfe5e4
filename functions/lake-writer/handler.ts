import { lakeWriterEnv, readEnv } from '../../schemas/env.ts';
import { putObjectTo } from '../adapters/s3.ts';
import { lakeWriter } from './lake-writer.ts';

const env = readEnv(lakeWriterEnv, process.env);

export const handler = lakeWriter(putObjectTo(env.LAKE_BUCKET));
