import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import { type FaultKind, faultKinds } from '../faults/fault.ts';
import type { ClientCounts } from './client.ts';
import type { Difference } from './difference.ts';
import type { Befell } from './runtime-protocol.ts';

export interface FaultCount {
  readonly function: string;
  readonly service: string;
  readonly operation: string;
  readonly kind: FaultKind;
  readonly count: number;
}

export interface TortureReport {
  readonly ok: boolean;
  readonly seed: string;
  /** The command that runs the same again. */
  readonly replay: string;
  readonly dataDir: string | undefined;
  readonly sent: {
    readonly events: number;
    readonly poison: number;
    readonly unreadable: number;
    readonly duplicates: number;
    readonly outOfOrder: number;
    readonly people: number;
    /** Copies of events that lie on the stream, whoever made them. */
    readonly copies: number;
  };
  readonly client: ClientCounts;
  readonly faults: readonly FaultCount[];
  /** By function and moment. */
  readonly kills: Readonly<Record<string, number>>;
  /** Times that a function's clock jumped, by function. */
  readonly clockJumps: Readonly<Record<string, number>>;
  readonly incidents: readonly string[];
  /** Runs of the sealer that came to their end, and those that did not. */
  readonly sealerRuns: { readonly done: number; readonly failed: number };
  /** Batches that a consumer gave up. */
  readonly setAside: number;
  readonly seconds: Readonly<Record<string, number>>;
  readonly compared: number;
  readonly differences: readonly Difference[];
}

/** Sums up what befell the functions. */
export function readLog(
  log: string,
  functions: Readonly<Record<string, string>>,
): Pick<TortureReport, 'faults' | 'kills' | 'clockJumps'> {
  const nameOf = (logicalId: string) =>
    (functions[logicalId] ?? logicalId).replace(/^Headwater-local-|Function[0-9A-F]{8}$/g, '');
  const faults = new Map<string, { -readonly [Key in keyof FaultCount]: FaultCount[Key] }>();
  const kills: Record<string, number> = {};
  const clockJumps: Record<string, number> = {};
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const befell = parsed(line);
    if (befell === undefined) continue;
    if ('fault' in befell) {
      const { caller, service, operation, kind } = befell;
      const name = [caller, service, operation, kind].join(' ');
      const known = faults.get(name) ?? { function: nameOf(caller), service, operation, kind, count: 0 };
      known.count += 1;
      faults.set(name, known);
    } else if ('kill' in befell) {
      const name = `${nameOf(befell.caller)} ${befell.kill}`;
      kills[name] = (kills[name] ?? 0) + 1;
    } else {
      const name = nameOf(befell.function);
      clockJumps[name] = (clockJumps[name] ?? 0) + 1;
    }
  }
  return { faults: [...faults.values()], kills, clockJumps };
}

/** A process that was killed may have left half a line. */
function parsed(line: string): Befell | undefined {
  try {
    return JSON.parse(line) as Befell;
  } catch {
    return undefined;
  }
}

/** Differences of a kind that are shown. */
const SHOWN = 5;
const plain = { head: [], border: [] };
const kinds = Object.keys(faultKinds) as FaultKind[];

export function reportText(report: TortureReport): string {
  const { sent, client, setAside, seconds, compared, differences } = report;
  const lines = [
    faultTable(report.faults),
    '',
    `killed in the middle of work  ${listed(report.kills)}`,
    `clocks jumped                 ${listed(report.clockJumps)}`,
    `meanwhile                     ${report.incidents.join(', ') || 'nothing'}`,
    `sent                          ${sent.events} events of ${sent.people} people, ${sent.duplicates} of them twice, ${sent.outOfOrder} out of order,`,
    `                              ${sent.poison} poison, ${sent.unreadable} unreadable records, in ${client.requests} requests`,
    `sent again by the client      ${listed(client.retries)}`,
    `copies on the stream          ${sent.copies}`,
    `runs of the sealer            ${listed({ ...report.sealerRuns })}`,
    `batches set aside             ${setAside}`,
    `seconds                       ${listed(seconds)}`,
    '',
  ];
  if (differences.length === 0) lines.push(`✔ ${compared} comparisons with the ledger: 0 lost, 0 double.`);
  else {
    const table = new Table({ head: ['what', 'id', 'ledger', 'found'], style: plain });
    for (const [what, those] of Map.groupBy(differences, (difference) => difference.what)) {
      for (const { id = '', ledger, found } of those.slice(0, SHOWN)) table.push([what, id, cut(ledger), cut(found)]);
      if (those.length > SHOWN) table.push([what, `and ${those.length - SHOWN} more`, '', '']);
    }
    lines.push(table.toString(), `✘ ${differences.length} of ${compared} comparisons with the ledger differ.`);
    if (report.dataDir !== undefined) lines.push(`  data    ${report.dataDir}`);
  }
  return [...lines, `  replay  ${report.replay}`].join('\n');
}

function faultTable(faults: readonly FaultCount[]): string {
  const table = new Table({ head: ['service', 'operation', ...kinds, 'all'], style: plain });
  const rows = Map.groupBy(faults, ({ service, operation }) => `${service} ${operation}`);
  for (const [name, those] of [...rows].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const counts = kinds.map((kind) => sum(those.filter((fault) => fault.kind === kind)));
    table.push([...name.split(' '), ...counts.map((count) => count || ''), sum(those)]);
  }
  table.push(['all', '', ...kinds.map((kind) => sum(faults.filter((fault) => fault.kind === kind))), sum(faults)]);
  return table.toString();
}

const sum = (faults: readonly FaultCount[]): number => faults.reduce((total, { count }) => total + count, 0);

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'never';

const LONGEST = 60;
const cut = (text: string): string => (text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`);
