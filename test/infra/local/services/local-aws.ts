import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GatewayOptions, startGateway } from '../../../../infra/local/gateway/gateway.ts';
import type { Gateway, LocalService } from '../../../../infra/local/gateway/types.ts';

type Make = (options: { readonly dataDir: string }) => LocalService | Promise<LocalService>;

export interface LocalAws extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly dataDir: string;
  /** What an SDK client takes to be the given function, or the runtime's own tools. */
  clientConfig(caller?: string): {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
}

/** Starts a gateway before the given services on a fresh data folder, removed at the end. */
export async function startLocalAws(
  makers: readonly Make[],
  options: Partial<GatewayOptions> & { dataDir?: string } = {},
): Promise<LocalAws> {
  const dataDir = options.dataDir ?? (await makeDataDir());
  const services = await Promise.all(makers.map((make) => make({ dataDir })));
  const gateway = await startGateway({ services, ...options });
  return {
    gateway,
    dataDir,
    clientConfig: (caller = 'HWTOOL') => ({
      endpoint: gateway.url,
      region: 'us-east-1',
      credentials: { accessKeyId: caller, secretAccessKey: 'secret' },
      maxAttempts: 1,
    }),
    [Symbol.asyncDispose]: async () => {
      await gateway.close();
      for (const service of services) await service.close();
      if (!options.dataDir) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export function makeDataDir(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'headwater-'));
}
