import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** What the synthesized stack is made from. The local runtime itself is no part of it. */
const sources = ['infra', 'schemas', 'shared', 'functions', 'package-lock.json', 'cdk.json'];
const apart = path.join('infra', 'local');

/** A short hash of every file under `root` that can change what the CDK app makes. */
export async function sourceHash(root: string): Promise<string> {
  const found = await Promise.all(sources.map((source) => filesOf(root, source)));
  const files = found.flat().toSorted();
  const contents = await Promise.all(files.map((file) => readFile(path.join(root, file))));
  const hash = createHash('sha256').update(process.version);
  for (const [index, file] of files.entries()) hash.update(`\0${file}\0`).update(contents[index] ?? '');
  return hash.digest('hex').slice(0, 16);
}

async function filesOf(root: string, source: string): Promise<string[]> {
  if (source === apart) return [];
  const entries = await readdir(path.join(root, source), { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [source];
  const nested = entries.map(({ name }) => filesOf(root, path.join(source, name)));
  return (await Promise.all(nested)).flat();
}
