import Table from 'cli-table3';
import { audiences, backfill } from './audiences.bench.ts';
import { bundles } from './bundles.bench.ts';
import { endToEnd } from './end-to-end.bench.ts';
import { erasure } from './erasure.bench.ts';
import { type Benchmark, type Figure, isMet } from './figure.ts';
import { lake } from './lake.bench.ts';
import { parquet } from './parquet.bench.ts';
import { permissions } from './permissions.bench.ts';
import { pipeline } from './pipeline.bench.ts';
import { ranking } from './ranking.bench.ts';
import { reports } from './reports.bench.ts';
import { segments } from './segments.bench.ts';
import { serving } from './serving.bench.ts';
import { training } from './training.bench.ts';

/** `npm run bench [-- NAME...]`: measures, and ends with 1 when a figure misses its bound. */
const benchmarks: readonly Benchmark[] = [
  pipeline,
  bundles,
  endToEnd,
  audiences,
  backfill,
  segments,
  parquet,
  lake,
  erasure,
  reports,
  serving,
  training,
  ranking,
  permissions,
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}: choose from ${benchmarks.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(1);
}

const figures: Figure[] = [];
for (const { name, run } of benchmarks.filter((benchmark) => asked.length === 0 || asked.includes(benchmark.name))) {
  console.log(`▶ ${name}`);
  figures.push(...(await run((step) => console.log(`  ${step}`))));
}

const table = new Table({
  head: ['what', 'measured', 'bound', 'beside it', 'ratio', ''],
  colAligns: ['left', 'right', 'right', 'left', 'right', 'left'],
  style: { head: [], border: [], compact: true },
});
for (const figure of figures) {
  const { what, value, unit, bound, peer } = figure;
  table.push([
    what,
    `${short(value)} ${unit}`,
    bound ? `${bound.kind} ${short(bound.value)}` : '',
    peer ? `${peer.what}: ${short(peer.value)}` : '',
    peer ? `${short(value / peer.value)} ×` : '',
    bound ? (isMet(figure) ? '✔' : '✘') : '',
  ]);
}
console.log(table.toString());
process.exitCode = figures.every(isMet) ? 0 : 1;

function short(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value >= 100 ? 0 : 2 });
}
