import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { elementTexts } from '../xml.ts';
import type { ObjectStore } from './object-store.ts';

const dayMs = 86_400_000;

/** The rules as they were put; nothing when there are none. */
export function readLifecycle(store: ObjectStore, bucket: string): Buffer | undefined {
  store.requireBucket(bucket);
  try {
    return readFileSync(fileOf(store, bucket));
  } catch {
    return undefined;
  }
}

/**
 * Keeps a bucket's rules and carries out, at once and not every day, what they say of versions that are no longer the
 * latest; objects themselves stay, whatever the rules say.
 */
export function writeLifecycle(store: ObjectStore, bucket: string, rules: Buffer, now: number): void {
  store.requireBucket(bucket);
  const file = fileOf(store, bucket);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, rules);
  const whole = rules.toString().match(/<Rule>.*?<\/Rule>/gs) ?? [];
  for (const rule of whole) {
    const [days] = elementTexts(rule, 'NoncurrentDays');
    const [prefix = ''] = elementTexts(rule, 'Prefix');
    if (days !== undefined && /<Status>Enabled</.test(rule)) expire(store, bucket, prefix, now - Number(days) * dayMs);
  }
}

/** Deletes versions that were overwritten or deleted before a time, and markers that nothing lies behind any more. */
function expire(store: ObjectStore, bucket: string, prefix: string, before: number): void {
  if (!store.archive.isOn(bucket)) return;
  for (const key of [...store.archive.keys(bucket, prefix)]) {
    const versions = store.versions(bucket, key);
    const old = versions.filter((_, index) => Number(versions[index - 1]?.modified) < before);
    for (const { versionId } of old.toReversed()) store.deleteVersion(bucket, key, versionId);
    const [latest] = versions;
    const isAlone = latest?.isMarker && versions.length === old.length + 1;
    if (isAlone && latest.modified.getTime() < before) store.deleteVersion(bucket, key, latest.versionId);
  }
}

const fileOf = (store: ObjectStore, bucket: string): string => path.join(store.root, '.lifecycle', `${bucket}.xml`);
