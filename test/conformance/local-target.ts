import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startRuntime } from '../../infra/local/runtime.ts';
import { aStack } from '../infra/local/runtime/stacks.ts';
import { writeAssembly } from '../infra/local/template/assemblies.ts';
import { openTarget, type Target } from './target.ts';

/** The services of this machine, behind the gateway of a runtime with a small stack; all gone when it is closed. */
export async function openLocalTarget(): Promise<Target> {
  const folder = mkdtempSync(path.join(tmpdir(), 'headwater-conformance-'));
  const assemblyDir = writeAssembly(aStack(), ['producer', 'recorder', 'echo'], path.join(folder, 'assembly'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const runtime = await startRuntime({ assemblyDir, dataDir: path.join(folder, 'data'), port: 0 }).catch((error) => {
    remove();
    throw error;
  });
  const target = openTarget({
    endpoint: runtime.gateway.url,
    credentials: { accessKeyId: 'HWTOOL', secretAccessKey: 'local' },
    region: 'us-east-1',
    functionName: 'Headwater-test-Echo',
  });
  return {
    ...target,
    close: async () => {
      const left = await target.close();
      await runtime.stop();
      remove();
      return left;
    },
  };
}
