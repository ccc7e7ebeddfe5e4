import Table from 'cli-table3';
import { type Bill, dollarsBy, dollarsOfEach, type Growth, linesTogether, type PricedLine } from './bill.ts';
import { priceOf } from './prices.ts';
import type { CostReport } from './report.ts';
import { REQUEST_GAP_SECONDS, type Traffic } from './traffic.ts';

const notCounted =
  'Not counted: what apps read by the APIs and reports, support, tax, data that leaves AWS, KMS, CloudFront or a domain; starts of sandboxes; free tiers.';

/** The report for a terminal. */
export function reportText(report: CostReport): string {
  const { prices, stage, traffic, segments, sample, bill, naive } = report;
  const head =
    `A month of ${count(traffic.events)} events of 1 KB, ${traffic.eventsPerRequest} a request, as a ${traffic.name} shop has them, ` +
    `on stage ${stage}: list prices of ${prices.region}, ${prices.date}, in $.\n` +
    `Measured on ${count(sample.events)} events in ${count(sample.requests)} requests, ${segmentsText(segments)}, then extrapolated.\n` +
    `${trafficText(traffic)}`;
  return [
    head,
    byService(bill),
    byDriver(bill),
    byLine(bill),
    verdict(report),
    beside(bill, naive.bill),
    choices(report),
    notCounted,
  ].join('\n\n');
}

function segmentsText(segments: CostReport['segments']): string {
  if (segments === 'all') return 'with all built-in segments';
  return segments.length === 0 ? 'without segments' : `with the segments ${segments.join(', ')}`;
}

/** How the sample's people behave. */
function trafficText({ requestsOfVisit, visitsPerPerson, knownShare }: Traffic): string {
  const percent = (share: number) => `${Math.round(share * 100)} %`;
  const lengths = requestsOfVisit.map((share, index) => `${index + 1} for ${percent(share)}`).join(', ');
  return (
    `Each visitor comes ${visitsPerPerson} times in 30 days and is followed for 30 more; requests of a visit: ${lengths}, ` +
    `${REQUEST_GAP_SECONDS} s apart; ${percent(knownShare)} log in, one visit in six fills a cart, one in thirty buys.`
  );
}

const table = (head: string[], rows: string[][]): string => {
  const colAligns = head.map((_, index) => (index === 0 ? 'left' : 'right') as 'left' | 'right');
  const drawn = new Table({ head, colAligns, style: { head: [], border: [], compact: true } });
  drawn.push(...rows);
  return drawn.toString();
};

const growths: readonly Growth[] = ['event', 'batch', 'month'];
const titles = { event: 'by events', batch: 'by batches', month: 'by the month' } as const;

function spread(bill: Bill, nameOf: (line: PricedLine) => string): string[][] {
  const rows = dollarsOfEach(bill, nameOf).map(([name, total]) => {
    const own = { ...bill, lines: bill.lines.filter((line) => nameOf(line) === name) };
    return [name, ...growths.map((growth) => money(dollarsBy(own, growth))), money(total)];
  });
  return [...rows, ['total', ...growths.map((growth) => money(dollarsBy(bill, growth))), money(bill.total)]];
}

const byService = (bill: Bill): string =>
  table(
    ['service', ...growths.map((growth) => titles[growth]), 'a month'],
    spread(bill, ({ service }) => service),
  );

/** What asks for it. */
const byDriver = (bill: Bill): string =>
  table(
    ['driver', ...growths.map((growth) => titles[growth]), 'a month'],
    spread(bill, ({ driver }) => driver),
  );

/** The dearest lines. */
function byLine({ lines, total, events }: Bill): string {
  const rows = linesTogether(lines)
    .slice(0, 14)
    .map(({ driver, unit, growth, quantity, dollars }) => [
      `${driver}: ${priceOf(unit).service}, ${priceOf(unit).unit}`,
      titles[growth],
      quantityText(quantity / priceOf(unit).per, priceOf(unit).per),
      money(dollars),
      growth === 'event' ? money((dollars * 1e6) / events) : '',
      `${((100 * dollars) / total).toFixed(0)} %`,
    ]);
  return table(['dearest lines', 'grows', 'units', 'a month', 'a million events', 'share'], rows);
}

function verdict({ bill, perMillion, target, naive }: CostReport): string {
  const isMet = perMillion <= target;
  return (
    `A million events more cost ${money(perMillion)} $: ${isMet ? 'within' : 'above'} the aim of ${money(target)} $. That is without ` +
    'what is the same for any number of events: ' +
    `files and batches of a window add ${money(dollarsBy(bill, 'batch'))} $ a month, and ${money(dollarsBy(bill, 'month'))} $ ` +
    `a month are the same for any number of events. The naive design: ${money(naive.perMillion)} $ a million.`
  );
}

function beside(bill: Bill, naive: Bill): string {
  const million = (one: Bill, service: string) =>
    (dollarsBy({ ...one, lines: one.lines.filter((line) => line.service === service) }, 'event') * 1e6) / one.events;
  const services = [...new Set([...bill.lines, ...naive.lines].map(({ service }) => service))];
  const rows = services
    .map((service) => [service, million(bill, service), million(naive, service)] as const)
    .filter(([, ours, theirs]) => ours + theirs > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([service, ours, theirs]) => [service, money(ours), money(theirs)]);
  return table(['a million events more', 'Headwater', 'naive: a request and a write an event, Firehose'], rows);
}

function choices({ choices: all, bill }: CostReport): string {
  const rows = all.map(({ question, answer, total }) => [
    `${question}: ${answer}`,
    money(total),
    signed(total - bill.total),
  ]);
  return table(['what if', 'a month', 'against this stage'], rows);
}

const money = (dollars: number): string =>
  dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: Math.abs(dollars) < 1 ? 4 : 2 });

const signed = (dollars: number): string =>
  Math.abs(dollars) < 0.005 ? '' : `${dollars > 0 ? '+' : ''}${money(dollars)}`;

const count = (number: number): string => number.toLocaleString('en-US');

function quantityText(quantity: number, per: number): string {
  const number = quantity.toLocaleString('en-US', { maximumSignificantDigits: 3 });
  return per === 1e6 ? `${number} M` : per === 1e3 ? `${number} K` : number;
}
