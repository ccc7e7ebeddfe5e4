import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Foretells what customers of Online Retail bought later from what they had bought before, by `npm run evaluate`, and prints the
 * table of the README. Run by hand: `HEADWATER_DATA=<folder of online-retail.csv.gz> node test/trials/recommendations-online-retail.ts`.
 * It ends with 1 unless the tuned model is the best by NDCG.
 */
const file = path.join(process.env.HEADWATER_DATA ?? '', 'online-retail.csv.gz');
if (!existsSync(file)) {
  console.error(
    'Set HEADWATER_DATA to a folder with online-retail.csv.gz (Chen, UCI Machine Learning Repository, CC BY 4.0).',
  );
  process.exit(1);
}

/** What is bought from then on is to be foretold: the last fifth of the lines. */
const SPLIT = '2011-10-13';
const command = fileURLToPath(new URL('../../infra/local/evaluate.ts', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'headwater-trial-'));
const at = (name: string) => path.join(folder, name);

type Quality = Readonly<Record<'recall' | 'ndcg' | 'hitRate' | 'map' | 'coverage' | 'novelty', number>>;
interface Evaluated {
  readonly quality: Quality;
  readonly popularity: Quality;
  readonly trained: { readonly form: object; readonly parameters: { readonly blend: object } };
}

try {
  await split();
  const tuned = evaluate('tuned');
  const rows: [string, Quality][] = [
    ['popularity', tuned.popularity],
    ['item-KNN, cosine', evaluate('cosine').quality],
    ['untuned', evaluate('untuned').quality],
    ['tuned', tuned.quality],
  ];
  console.log(
    '| model | recall@20 | NDCG@20 | hit rate@20 | MAP@20 | coverage@20 | novelty@20 |\n|---|---|---|---|---|---|---|',
  );
  for (const [name, { recall, ndcg, hitRate, map, coverage, novelty }] of rows) {
    const shares = [recall, ndcg, hitRate, map, coverage].map((value) => value.toFixed(4));
    console.log(`| ${[name, ...shares, novelty.toFixed(2)].join(' | ')} |`);
  }
  console.log(`\nTuned: ${JSON.stringify(tuned.trained.form)}, ${JSON.stringify(tuned.trained.parameters.blend)}`);
  if (rows.some(([name, { ndcg }]) => name !== 'tuned' && ndcg >= tuned.quality.ndcg)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Products that a customer bought, each line one interaction; what a customer had before isn't asked for again. */
async function split(): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const bought = `SELECT CustomerID AS user_id, upper(StockCode) AS item_id, InvoiceDate AS timestamp
    FROM read_csv('${file.replaceAll("'", "''")}', all_varchar = true, header = true)
    WHERE CustomerID <> '' AND InvoiceNo NOT LIKE 'C%' AND CAST(Quantity AS INT) > 0 AND regexp_matches(StockCode, '^[0-9]{5}')`;
  await connection.run(`CREATE TABLE bought AS ${bought}`);
  await connection.run(`COPY (FROM bought WHERE timestamp < '${SPLIT}') TO '${at('train.csv')}' (HEADER)`);
  await connection.run(`COPY (
    SELECT DISTINCT user_id, item_id FROM bought
    WHERE timestamp >= '${SPLIT}'
      AND (user_id, item_id) NOT IN (SELECT (user_id, item_id) FROM bought WHERE timestamp < '${SPLIT}')
  ) TO '${at('test.csv')}' (HEADER)`);
  connection.closeSync();
  instance.closeSync();
}

function evaluate(model: string): Evaluated {
  const args = [command, '--train', at('train.csv'), '--test', at('test.csv'), '--model', model, '--json'];
  const { stdout, status } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`npm run evaluate ended with ${status}.`);
  return JSON.parse(stdout.toString()) as Evaluated;
}
