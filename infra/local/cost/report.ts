import { type Bill, billOf, perMillion } from './bill.ts';
import { type Choice, choicesOf } from './choices.ts';
import { monthOf } from './month.ts';
import { naiveMonth } from './naive.ts';
import { priceTable } from './prices.ts';
import type { Sample } from './sample.ts';
import type { Traffic } from './traffic.ts';

/** What a million events of 1 KB, ten a request, should cost at most, without what costs the same for any number. */
export const TARGET = 0.25;

/** All that the command tells. Money is in US dollars a month, at list prices. */
export interface CostReport {
  readonly prices: { readonly region: string; readonly date: string };
  readonly stage: string;
  readonly traffic: Traffic;
  /** `all`, or the ids of the built-in segments that were left. */
  readonly segments: 'all' | readonly string[];
  readonly sample: { readonly events: number; readonly requests: number };
  readonly bill: Bill;
  /** What a million events more cost. */
  readonly perMillion: number;
  readonly target: number;
  readonly naive: { readonly bill: Bill; readonly perMillion: number };
  readonly choices: readonly Choice[];
}

export interface ReportOptions {
  readonly stage: string;
  /** The built-in segments that were left; undefined for all. */
  readonly segments?: readonly string[] | undefined;
  readonly sample: Sample;
  readonly traffic: Traffic;
}

export function reportOf({ stage, segments, sample, traffic }: ReportOptions): CostReport {
  const bill = billOf(traffic.events, monthOf(sample, traffic));
  const naive = billOf(traffic.events, naiveMonth(sample, traffic.events));
  return {
    prices: { region: priceTable.region, date: priceTable.date },
    stage,
    traffic,
    segments: segments ?? 'all',
    sample: { events: sample.events, requests: sample.requests },
    bill,
    perMillion: perMillion(bill),
    target: TARGET,
    naive: { bill: naive, perMillion: perMillion(naive) },
    choices: choicesOf(sample, traffic),
  };
}
