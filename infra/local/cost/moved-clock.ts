/**
 * A program that moves the clock of the process that loads it by as many milliseconds as a file says; its address names the
 * file: `?file=`.
 */
import { readFileSync } from 'node:fs';
import { replaceDate } from '../lambda/replace-date.ts';

const file = new URL(import.meta.url).searchParams.get('file') ?? '';
/** The file is looked at so often, in milliseconds: an event loop that is busy asks for the time many thousand times. */
const LOOK_MS = 20;

let offset = 0;
let lookedAt = Number.NEGATIVE_INFINITY;

replaceDate((trueNow) => {
  const age = performance.now();
  if (age - lookedAt >= LOOK_MS) {
    lookedAt = age;
    offset = told() ?? offset;
  }
  return trueNow + offset;
});

/** Undefined while the file is gone, or being written. */
function told(): number | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return text === '' ? undefined : Number(text);
  } catch {
    return undefined;
  }
}
