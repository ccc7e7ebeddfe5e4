import Table from 'cli-table3';
import type { PrivacyRequestView } from '../../../schemas/api/privacy.ts';

/** How a request stands, for a terminal: an erasure by its receipt, an export by its link. */
export function summaryOf(view: PrivacyRequestView): string {
  const { id, type, state, step, completedAt, receipt, download, failure } = view;
  const isOpen = state === 'waiting' || state === 'running';
  const head = `The ${type} ${id} is ${isOpen ? `${state} (${step})` : `${state} since ${completedAt}`}.`;
  if (failure !== undefined) return `${head}\n${failure}`;
  if (download !== undefined) return `${head}\nUntil ${download.expiresAt} without a key:\n${download.url}`;
  if (receipt === undefined) return head;
  if (receipt.removed.length === 0) return `${head}\nNothing was held of this person.`;
  const removed = tableOf(['removed from', 'what', 'count']);
  removed.push(...receipt.removed.map(({ store, what, count }) => [store, what, count.toLocaleString('en-US')]));
  const remaining = tableOf(['may remain in', 'until it goes by itself']);
  remaining.push(...receipt.remaining.map(({ store, until }) => [store, until]));
  return [head, removed.toString(), remaining.toString()].join('\n');
}

const tableOf = (head: string[]) => new Table({ head, style: { head: [], border: [], compact: true } });
