import { createHash } from 'node:crypto';

const MAX_LENGTH = 64;

/** An id made from a name: `Tent lovers (EU)` is `tent-lovers-eu`. A name without a Latin letter or digit gives a hash. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, MAX_LENGTH)
    .replace(/-$/, '');
  return slug === '' ? `segment-${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : slug;
}
