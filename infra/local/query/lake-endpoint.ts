import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runtimeOn } from '../data-directory.ts';
import { StartError } from '../errors.ts';
import { startGateway } from '../gateway/gateway.ts';
import { createAthenaService } from '../services/athena.ts';
import { createS3Service } from '../services/s3.ts';

export interface LakeEndpoint {
  /** Value of AWS_ENDPOINT_URL. */
  readonly url: string;
  close(): Promise<void>;
}

/** No lake lies in the data folder. */
export class NoLakeError extends StartError {
  override readonly name = 'NoLakeError';
}

/** The gateway of the runtime that works on the data folder, or, when none does, one that serves just the lake. */
export async function openLake(dataDir: string): Promise<LakeEndpoint> {
  if (!existsSync(join(dataDir, 'state', 'catalog.json'))) {
    throw new NoLakeError(
      `There is no lake in ${dataDir}: run \`npm start -- --data ${dataDir}\` once, or name another folder with --data.`,
    );
  }
  const running = runningGateway(dataDir);
  if (running) return { url: running, close: async () => {} };
  const services = [await createS3Service({ dataDir }), await createAthenaService({ dataDir })];
  const gateway = await startGateway({ services });
  return {
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await Promise.all(services.map((service) => service.close()));
    },
  };
}

function runningGateway(dataDir: string): string | undefined {
  if (runtimeOn(dataDir) === undefined) return undefined;
  try {
    return JSON.parse(readFileSync(join(dataDir, 'state', 'runtime.json'), 'utf8')).gatewayUrl;
  } catch {
    return undefined;
  }
}
