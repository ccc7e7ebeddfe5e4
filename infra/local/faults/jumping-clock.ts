/**
 * A program that a sandbox loads before its function: the clock runs ahead or behind for a while, now and then. Its
 * address holds the settings: `shift` milliseconds that it is off all the time, `seed`, `most` milliseconds that it jumps,
 * and `log`, a file that takes a line for each jump.
 */
import { appendFileSync } from 'node:fs';
import { replaceDate } from '../lambda/replace-date.ts';

const settings = new URL(import.meta.url).searchParams;
const seed = settings.get('seed') ?? '';
const most = Number(settings.get('most'));
const shift = Number(settings.get('shift'));
const log = settings.get('log');

/** In each span of time the clock may jump once, and comes back. */
const SPAN_MS = 4_000;
const SHARE = 0.3;
const LONGEST_MS = 1_500;

let told = -1;

/** Uniform in [0, 1), by the seed (FNV-1a, finished by a murmur mix). */
function drawn(...names: readonly (string | number)[]): number {
  let h = 2_166_136_261;
  for (const character of [seed, ...names].join('/')) h = Math.imul(h ^ (character.codePointAt(0) ?? 0), 16_777_619);
  h = Math.imul(h ^ (h >>> 16), 2_246_822_507);
  h = Math.imul(h ^ (h >>> 13), 3_266_489_909);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

function offset(): number {
  if (most === 0) return 0;
  const age = performance.now();
  const span = Math.floor(age / SPAN_MS);
  if (drawn(span, 'whether') >= SHARE) return 0;
  const from = drawn(span, 'from') * (SPAN_MS - LONGEST_MS);
  const into = age - span * SPAN_MS - from;
  if (into < 0 || into > drawn(span, 'length') * LONGEST_MS) return 0;
  const by = Math.round((drawn(span, 'by') * 2 - 1) * most);
  if (told !== span && log !== null)
    appendFileSync(log, `${JSON.stringify({ jump: by, function: settings.get('function') })}\n`);
  told = span;
  return by;
}

replaceDate((trueNow) => trueNow + shift + offset());
