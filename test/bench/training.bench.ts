import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { aMarket } from './a-market.ts';
import type { Benchmark } from './figure.ts';
import { secondsOf } from './figure.ts';
import { type Interaction, ItemKnn } from './knn-peer.ts';

/** So that 800,000 remain when a part is held back for the test. */
const MARKET = { people: 30_000, items: 40_000, interactions: 840_000 };
const HELD_EVERY = 21;
const TESTED = 2_000;
const command = fileURLToPath(new URL('../../infra/local/evaluate.ts', import.meta.url));

interface Evaluated {
  readonly quality: { readonly recall: number };
  readonly phases: Readonly<
    Record<string, { readonly milliseconds: number; readonly processor: number; readonly peak: number }>
  >;
}

/** Training as `npm run evaluate` does it, on histories and items of a long tail, beside an item-KNN in plain TypeScript. */
export const training: Benchmark = {
  name: 'training',
  run: async (progress) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headwater-bench-'));
    try {
      const all = aMarket(MARKET);
      const isHeld = ([person]: Interaction, at: number) => at % HELD_EVERY === 0 && person < TESTED * 10;
      const kept = all.filter((one, at) => !isHeld(one, at));
      const held = all.filter(isHeld);
      writeFileSync(path.join(folder, 'train.csv'), csvOf(kept));
      writeFileSync(path.join(folder, 'test.csv'), csvOf(held));
      progress(`training on ${kept.length.toLocaleString('en-US')} interactions`);
      const { phases, quality } = await evaluate(folder);
      const seconds = (name: string) => (phases[name]?.milliseconds ?? 0) / 1000;
      const processor = (name: string) => (phases[name]?.processor ?? 0) / 1000;
      const peak = Math.max(...['prepare', 'tune', 'train'].map((name) => phases[name]?.peak ?? 0));
      progress('training the peer');
      let peer: ItemKnn | undefined;
      const peerSeconds = await secondsOf(() => {
        peer = new ItemKnn(kept, { ...MARKET, neighbours: 500 });
      });
      const what = 'item-KNN in TypeScript';
      return [
        {
          what: `training on ${kept.length.toLocaleString('en-US')} interactions`,
          value: seconds('prepare') + seconds('train'),
          unit: 's',
          bound: { kind: 'at most', value: 20 },
          peer: { what, value: peerSeconds },
        },
        { what: 'its processor time, of two cores', value: processor('prepare') + processor('train'), unit: 's' },
        { what: 'its peak memory', value: peak / 1e9, unit: 'GB', bound: { kind: 'at most', value: 4 } },
        { what: 'tuning before it', value: seconds('tune'), unit: 's' },
        { what: 'recall at 20', value: quality.recall, unit: '', peer: { what, value: recallOf(peer, held) } },
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const csvOf = (rows: readonly Interaction[]): string =>
  `user_id,item_id\n${rows.map(([person, item]) => `u${person},i${item}\n`).join('')}`;

async function evaluate(folder: string): Promise<Evaluated> {
  const files = ['train', 'test'].flatMap((name) => [`--${name}`, path.join(folder, `${name}.csv`)]);
  const args = [command, ...files, '--tuning-seconds', '10', '--neighbours', '500', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`npm run evaluate ended with ${code}.`);
  return JSON.parse(Buffer.concat(out).toString()) as Evaluated;
}

function recallOf(knn: ItemKnn | undefined, held: readonly Interaction[]): number {
  const wanted = new Map<number, Set<number>>();
  for (const [person, item] of held) wanted.set(person, (wanted.get(person) ?? new Set<number>()).add(item));
  let sum = 0;
  for (const [person, items] of wanted) {
    const hits = knn?.recommend(person, 20).filter((item) => items.has(item)).length ?? 0;
    sum += hits / items.size;
  }
  return sum / wanted.size;
}
