import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SynthesisError } from './errors.ts';
import { sourceHash } from './source-hash.ts';

export interface SynthesisOptions {
  /** Folder of the assemblies, one for each state of the sources. */
  readonly outDir: string;
  /** Default: `local`. */
  readonly stage?: string;
  /** Default: the project that this file is part of. */
  readonly root?: string;
  /** Told of each function that is bundled. */
  readonly onProgress?: (message: string) => void;
}

export interface Synthesis {
  /** What `startRuntime` takes. */
  readonly assemblyDir: string;
  /** Whether an earlier output was used, because no source has changed. */
  readonly reused: boolean;
}

/** Assemblies that are kept: one that a running runtime still loads code from must not go. */
const kept = 4;

/**
 * Runs the CDK app for a stage, or finds what it made before from the same sources. Processes may do so at the
 * same time: each works in a folder of its own, and a whole folder is renamed into place.
 * Throws `SynthesisError` with what the app printed.
 */
export async function synthesize(options: SynthesisOptions): Promise<Synthesis> {
  const { outDir, stage = 'local', root = fileURLToPath(new URL('../../', import.meta.url)) } = options;
  const assemblyDir = path.join(outDir, `${stage}-${await sourceHash(root)}`);
  if (existsSync(assemblyDir)) {
    const now = new Date();
    await utimes(assemblyDir, now, now);
    return { assemblyDir, reused: true };
  }
  await mkdir(outDir, { recursive: true });
  const temporary = await mkdtemp(path.join(outDir, '.unfinished-'));
  try {
    await runApp(root, temporary, stage, options.onProgress ?? (() => {}));
    await rename(temporary, assemblyDir).catch((error) => {
      if (!existsSync(assemblyDir)) throw error;
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await prune(outDir, stage);
  return { assemblyDir, reused: false };
}

async function runApp(root: string, out: string, stage: string, onProgress: (message: string) => void): Promise<void> {
  const env = {
    ...process.env,
    PATH: [path.join(root, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter),
    CDK_OUTDIR: out,
    CDK_CONTEXT_JSON: JSON.stringify({ stage }),
    // The rules of CloudFormation take half of the time; the tests check the template by them.
    CDK_VALIDATION: 'false',
  };
  const child = spawn(process.execPath, ['infra/app.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const abandon = () => void child.kill();
  process.once('exit', abandon);
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      printed.push(line);
      const bundled = /^Bundling asset [^/]+\/(.+?)(\/Function)?\/Code\/Stage/.exec(line);
      if (bundled) onProgress(`bundling ${bundled[1]}`);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => process.off('exit', abandon));
  if (code === 0) return;
  const said = printed.filter((line) => !line.startsWith('npm warn') && !line.startsWith('Bundling asset'));
  throw new SynthesisError(`The stack cannot be synthesized: mend what infra/app.ts says.\n${said.join('\n').trim()}`);
}

/** Removes outputs that were not used for longest, and what ended processes left unfinished. */
async function prune(outDir: string, stage: string): Promise<void> {
  const folders = await Promise.all(
    (await readdir(outDir)).map(async (name) => {
      const folder = path.join(outDir, name);
      return { name, folder, usedAt: (await stat(folder).catch(() => undefined))?.mtimeMs ?? 0 };
    }),
  );
  const whole = folders.filter(({ name }) => name.startsWith(`${stage}-`));
  const old = whole.toSorted((left, right) => right.usedAt - left.usedAt).slice(kept);
  const abandoned = folders.filter(
    ({ name, usedAt }) => name.startsWith('.unfinished-') && usedAt < Date.now() - 3_600_000,
  );
  await Promise.all([...old, ...abandoned].map(({ folder }) => rm(folder, { recursive: true, force: true })));
}
