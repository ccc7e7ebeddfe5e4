import { trafficChannels } from '../event/vocabulary.ts';
import type { ChoiceParameter, CurrencyParameter, DayParameter, SegmentParameter, WholeParameter } from './report.ts';

/** Most days of a range. */
export const LONGEST_RANGE_DAYS = 731;

const from: DayParameter = {
  name: 'from',
  type: 'day',
  daysAgo: 29,
  description: 'First UTC day, YYYY-MM-DD. By default the days up to the last one.',
};
const to: DayParameter = { name: 'to', type: 'day', daysAgo: 0, description: 'Last UTC day, inclusive, YYYY-MM-DD.' };

/** The days that a report is about. */
export const range = [from, to] as const;

export const segment: SegmentParameter = {
  name: 'segment',
  type: 'segment',
  description: 'Only people who are in this segment by now: its id, or <id>:<value> of one that tags.',
};

export const channel: ChoiceParameter = {
  name: 'channel',
  type: 'choice',
  values: trafficChannels.filter((each) => each !== 'on_site'),
  description: 'Only visits that this channel brought.',
};

export const currency: CurrencyParameter = {
  name: 'currency',
  type: 'currency',
  description: 'ISO 4217 code: only money of this currency is summed. By default the reporting currency of the stage.',
};

/** The most rows of a list. */
export const limit = (fallback = 50): WholeParameter => ({
  name: 'limit',
  type: 'whole',
  least: 1,
  most: 1000,
  default: fallback,
  description: 'Most rows.',
});

export const period: ChoiceParameter = {
  name: 'period',
  type: 'choice',
  values: ['day', 'week', 'month'],
  default: 'day',
  description: 'What a row sums: a day, a week from Monday on, or a month, named by its first day.',
};
