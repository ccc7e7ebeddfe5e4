import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openLogFile } from '../../../../infra/local/log-file.ts';
import { makeFolder } from '../template/assemblies.ts';

test('keeps the last output of a function in bounded files', () => {
  const folder = makeFolder('headwater-log-');
  const file = path.join(folder, 'logs', 'collector.log');

  const log = openLogFile(file, 1000);
  for (let line = 0; line < 1000; line += 1) log.write(`line ${line}\n`);
  log.close();
  log.write('after the end');

  const kept = readFileSync(`${file}.1`, 'utf8') + readFileSync(file, 'utf8');
  expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(2100);
  expect(kept.endsWith('line 998\nline 999\n')).toBe(true);
  rmSync(folder, { recursive: true });
});
